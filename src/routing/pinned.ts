import type { Decision } from '../core/decision.ts';
import type { Model } from '../core/model.ts';
import { allowed } from './gates/allowed.ts';
import { continuity } from './gates/continuity.ts';
import { dialect } from './gates/dialect.ts';
import { gates } from './gates/index.ts';
import { nobodyLeft } from './nobody-left.ts';
import type { Question } from './route-parts.ts';
import { leavingOut, Sieve, type SieveParts } from './sieve.ts';

/** Who names a model gets it: on its own wire the vendor judges the request, on another nothing may be lost. */
export const pinned = (
  question: Question,
  model: Model,
  parts: SieveParts,
  reasons: readonly string[],
): Decision => {
  const { request, features } = question;
  const isNative = parts.dialectOf(model, request.dialect, features.hasTools) === request.dialect;
  const applied = gates.filter(
    ({ name, isPassing }) =>
      !isPassing &&
      (!isNative ||
        name === allowed.name ||
        name === dialect.name ||
        (name === continuity.name && question.holder !== undefined)),
  );
  const sieve = new Sieve(question, parts, applied);
  if (!sieve.canServe(model)) throw nobodyLeft(sieve.rejected, question, parts);
  return {
    ...leavingOut(question, parts),
    route: parts.name,
    strategy: 'pinned',
    tier: model.tier,
    plan: [{ ask: [model.id] }],
    reasons,
    rejected: [],
    features: question.features,
    predictedCost: parts.expectedCost(model, question.subject, question.session),
    mode: 'pinned',
    propensity: 1,
  };
};

/** Sent where the caller asked, with what routing would have done. */
export const observed = (
  question: Question,
  target: Model,
  parts: SieveParts,
  route: () => Decision,
): Decision => {
  const sent = pinned(question, target, parts, [`observing: sent to ${target.id}`]);
  let would: Decision | undefined;
  try {
    would = route();
  } catch {
    // that routing would have found nobody is no reason to fail what is only observed
  }
  const first = would?.plan[0]?.ask[0];
  return {
    ...sent,
    strategy: would?.strategy ?? sent.strategy,
    mode: 'observe',
    reasons: [
      ...sent.reasons,
      ...(would ? [`would be ${first}: ${would.reasons.join('; ')}`] : ['would be nobody']),
    ],
    rejected: would?.rejected ?? [],
    ...(would?.rule !== undefined && { rule: would.rule }),
    ...(would?.policy !== undefined && { policy: would.policy }),
    ...(would?.weighed && { weighed: would.weighed }),
    ...(would &&
      first && {
        wouldBe: { model: first, tier: would.tier, ...(would.rule !== undefined && { rule: would.rule }) },
      }),
  };
};
