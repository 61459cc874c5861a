import type { PlanStep, SwitchNote } from '../core/decision.ts';
import { type Model, type ModelId, type Tier, tiers } from '../core/model.ts';
import { type NanoUsd, noMoney } from '../core/money.ts';
import { isBeginning } from '../sessions/beginning.ts';
import { newCourse, type SessionCourse } from '../sessions/session-course.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import { heldPlan } from './held-plan.ts';
import type { HoldConfig } from './hold-config.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import type { Question, RouteParts } from './route-parts.ts';
import type { Sieve } from './sieve.ts';
import type { Wish } from './strategies/strategy.ts';
import { trouble } from './trouble.ts';

/** A plan, the conversation having had its say. */
export interface Held {
  readonly plan: readonly PlanStep[];
  /** Undefined where there is no conversation, or nobody asks whether to hold it. */
  readonly switching: SwitchNote | undefined;
}

/** What is wished for, and the plan that gates and fallbacks made of it. */
export interface Wished {
  readonly wish: Wish;
  readonly plan: readonly PlanStep[];
  readonly sieve: Pick<Sieve, 'canServe' | 'rejectionOf'>;
}

/**
 * Keeps a conversation with the model that it has, unless it has to leave, rules or quality demand it, or leaving
 * is worth more than it costs. Never holds below the tier that a rule asks for, nor outside the route's `own` models.
 */
export const createHold = (
  config: HoldConfig,
  parts: RouteParts,
  own: ReadonlySet<ModelId>,
): ((question: Question, wished: Wished) => Held) => {
  if (!config.hold) return (_question, { plan }) => ({ plan, switching: undefined });
  return (question, wished) => {
    const { session, features } = question;
    const to = first(wished.plan, parts);
    // what clients ask on their own goes light, and moves no conversation
    if (!session || !to || features.task === 'background' || begins(question))
      return { plan: wished.plan, switching: undefined };
    const from = parts.model(session.model);
    if (!from)
      return moved(wished.plan, note(session, to, 'moved', `"${session.model}" is not there any more`));
    return verdictOf({ config, parts, own, question, session, wished, from, to });
  };
};

const begins = ({ request, features, holder }: Question): boolean =>
  isBeginning(request, features.isCompacted || holder !== undefined);

interface Case {
  readonly config: HoldConfig;
  readonly parts: RouteParts;
  readonly own: ReadonlySet<ModelId>;
  readonly question: Question;
  readonly session: SessionState;
  readonly wished: Wished;
  readonly from: Model;
  /** The first that would be asked if there were no conversation. */
  readonly to: Model;
}

const verdictOf = (asked: Case): Held => {
  const { question, session, wished, from, to } = asked;
  const { plan, wish } = wished;
  const must = mustLeave(asked);
  if (must !== undefined) return moved(plan, note(session, to, to.id === from.id ? 'stayed' : 'moved', must));
  const course = session.course ?? newCourse;
  const up = escalated(asked, course);
  if (up) return up;
  if (to.id === from.id) return stayed(asked, 'stayed', 'chosen again');
  const rise = rank(to.tier) - rank(from.tier);
  // where a policy chose, rules only bound it
  if (rise > 0 && wish.rule !== undefined && wish.policy === undefined)
    return moved(plan, note(session, to, 'moved', `rule "${wish.rule}"`));
  if (question.features.isToolLoop) return stayed(asked, 'locked', 'tool loop');
  const outlook = outlookOf(question, session, course, from, asked.parts);
  const again = decidedAgain(question, course, outlook);
  if (rise > 0)
    return moved(plan, {
      ...note(session, to, 'moved', again ?? 'more quality wished for'),
      ...outlook.worthOfGoing(to),
    });
  return byWorth(asked, course, outlook, again);
};

/** Money alone decides: what is asked for would be no better. */
const byWorth = (asked: Case, course: SessionCourse, outlook: Outlook, again: string | undefined): Held => {
  const { config, session, wished, to, question } = asked;
  const worth = outlook.worthOfGoing(to);
  const { escalation } = course;
  const { escalate } = config;
  const wentUp = escalation !== undefined && escalate !== false;
  if (wentUp && session.answers - escalation.answers < escalate.turns)
    return stayed(asked, 'locked', 'stays up for a while', worth);
  if (wentUp && !isWell(question)) return stayed(asked, 'locked', 'things still go wrong', worth);
  const atRisk = worth.cacheLoss > 0n ? worth.cacheLoss : noMoney;
  const isOpen = again !== undefined || wentUp;
  const margin = isOpen ? 0n : atRisk / 2n;
  if (worth.expectedValue <= margin) return stayed(asked, 'stayed', 'not worth it', worth);
  if (!isOpen && course.risked + atRisk > shareOf(course.cost, config.spendCap))
    return stayed(asked, 'stayed', 'too much at risk', worth);
  const why = wentUp ? 'comes back' : (again ?? 'worth it');
  return moved(wished.plan, { ...note(session, to, 'moved', why), ...worth });
};

/** Undefined where the conversation may stay with its model. */
const mustLeave = ({ question, own, wished, from }: Case): string | undefined => {
  const { wish, sieve } = wished;
  const rejection = sieve.rejectionOf(from);
  if (rejection) return `${rejection.gate}: ${rejection.why}`;
  if (wish.within && !wish.within.includes(from.id)) return 'rules allow others only';
  const isWished = wish.models.includes(from.id);
  if (question.named?.type === 'tier' && !isWished) return `the caller asked for ${question.named.tier}`;
  if (!wish.mayRise && !isWished) return wish.rule ? `rule "${wish.rule}"` : 'named one by one';
  return isWished || own.has(from.id) ? undefined : 'not of this route';
};

/** What goes badly goes up a tier, in the middle of a tool loop, too: it is broken anyway. */
const escalated = (asked: Case, course: SessionCourse): Held | undefined => {
  const { config, parts, question, session, wished, from, to } = asked;
  if (config.escalate === false) return undefined;
  const what = trouble(question.features, course.escalation, config.escalate);
  if (what === undefined) return undefined;
  const isAbove = (model: Model): boolean => rank(model.tier) > rank(from.tier);
  const { wish, sieve } = wished;
  const above = isAbove(to)
    ? to
    : tiers
        .slice(rank(from.tier) + 1)
        .flatMap((tier) => parts.tiers[tier])
        .filter(
          (id) => (!wish.within || wish.within.includes(id)) && (wish.mayRise || wish.models.includes(id)),
        )
        .map(parts.model)
        .find((model) => model !== undefined && isAbove(model) && sieve.canServe(model));
  if (!above || question.named) return undefined;
  const outlook = outlookOf(question, session, course, from, parts);
  return moved(heldPlan(wished.plan, above.id), {
    ...note(session, above, 'moved', `escalation: ${what}`),
    ...outlook.worthOfGoing(above),
    isEscalation: true,
  });
};

/** Where a conversation begins anew in some way, its model is chosen anew. */
const decidedAgain = (
  { features }: Question,
  course: SessionCourse,
  { isCold }: Outlook,
): string | undefined => {
  if (features.isCompacted && !course.isCompacted) return 'compaction';
  if (isCold) return 'cache cold';
  const { task, taskConfidence } = features;
  const isDrift =
    task !== course.task && task !== 'unsure' && course.task !== 'unsure' && taskConfidence >= sureEnough;
  return isDrift ? `task: ${task} after ${course.task}` : undefined;
};

const sureEnough = 0.6;

const isWell = ({ features: { toolErrors, repeats } }: Question): boolean =>
  toolErrors === 0 && repeats === 0;

const stayed = (
  { session, wished, from, to }: Case,
  verdict: 'stayed' | 'locked',
  why: string,
  worth?: Partial<SwitchNote>,
): Held => ({
  plan: heldPlan(wished.plan, from.id),
  switching: { ...note(session, to, verdict, why), ...worth },
});

const moved = (plan: readonly PlanStep[], switching: SwitchNote): Held => ({ plan, switching });

const note = (
  { model }: SessionState,
  to: Model,
  verdict: SwitchNote['verdict'],
  why: string,
): SwitchNote => ({
  from: model,
  to: to.id,
  verdict,
  why,
  expectedValue: noMoney,
  turnsLeft: 0,
  savingPerTurn: noMoney,
  cacheLoss: noMoney,
  reasoningLoss: noMoney,
});

const first = (plan: readonly PlanStep[], { model }: RouteParts): Model | undefined => {
  const id = plan[0]?.ask[0];
  return id === undefined ? undefined : model(id);
};

const rank = (tier: Tier): number => tiers.indexOf(tier);

const shareOf = (amount: NanoUsd, share: number): bigint =>
  (amount * BigInt(Math.round(share * 1_000_000))) / 1_000_000n;
