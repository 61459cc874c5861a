import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import type { Task } from '../core/features.ts';
import { type ModelId, type Tier, tiers } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import { describe as describeRequest } from '../features/describe.ts';
import { fixedPredictor, type Opinions } from '../testing/fixed-predictor.ts';
import { sampleModel, samplePrices } from '../testing/sample-model.ts';
import { readPolicy } from './classifier/read-policy.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { compileStrategy, strategySchema } from './strategies/index.ts';
import { questionOf, strategyParts } from './strategies/parts-of.cases.ts';
import { traps } from './traps.cases.ts';

const models = {
  light: sampleModel('small', { tier: 'light', prices: samplePrices(1) }),
  mid: sampleModel('middle', { tier: 'mid', prices: samplePrices(5) }),
  frontier: sampleModel('large', { tier: 'frontier', prices: samplePrices(20) }),
};

const opinionsOf = (light: number, mid: number, frontier: number, evidence = 100): Opinions => ({
  [models.light.id]: { success: light, evidence },
  [models.mid.id]: { success: mid, evidence },
  [models.frontier.id]: { success: frontier, evidence },
});

const easy: ReadonlySet<Task> = new Set<Task>([
  ...(['background', 'smalltalk', 'formatting', 'completion', 'extraction', 'translation'] as const),
]);
const hard: ReadonlySet<Task> = new Set<Task>(['architecture', 'security', 'reasoning', 'expert']);

/** A policy that has learnt what a team would learn of its tasks, and knows nothing else of a request. */
const byTask = fixedPredictor(({ features: { task } }) => {
  if (task === 'unsure') return opinionsOf(0.6, 0.8, 0.9, 3);
  if (easy.has(task)) return opinionsOf(0.95, 0.95, 0.96);
  return hard.has(task) ? opinionsOf(0.3, 0.6, 0.9) : opinionsOf(0.6, 0.92, 0.93);
});

/** Thinks the world of small models, and is sure of it. */
const flatterer = fixedPredictor(opinionsOf(0.99, 0.9, 0.9));

/** The policy that ships: it knows tiers, and that it knows nothing else. */
const shipped = readPolicy(readFileSync(new URL('./classifier/default-policy.json', import.meta.url)));

const tierOf = (config: object, predictor?: Predictor): ((request: ChatRequest) => Tier) => {
  const choose = compileStrategy(
    strategySchema.parse(config),
    strategyParts({
      tiers: { light: [models.light.id], mid: [models.mid.id], frontier: [models.frontier.id] },
      model: (id: ModelId) => Object.values(models).find((model) => model.id === id),
      reference: models.frontier,
      predictor: () => predictor,
    }),
  );
  return (request) => {
    const { features, ask } = describeRequest(request, 1_000);
    return choose(questionOf(subjectOf({ ...features, ask, tags: {} }))).tier;
  };
};

const askOf = ({ turns }: ChatRequest): string => {
  const block = turns.at(-1)?.blocks.at(-1);
  return block?.type === 'text' ? block.text.slice(-80) : '';
};

describe.each([
  ['the default rules', tierOf({ type: 'rules' })],
  ['a hybrid without a policy', tierOf({ type: 'hybrid' })],
  ['a hybrid whose policy knows too little', tierOf({ type: 'hybrid' }, fixedPredictor({}))],
  ['a hybrid that has learnt by task', tierOf({ type: 'hybrid', quality: 0.9 }, byTask)],
  [
    'a classifier that has learnt by task',
    tierOf({ type: 'classifier', quality: 0.9, otherwise: 'mid' }, byTask),
  ],
  ['a hybrid with the policy that ships', tierOf({ type: 'hybrid' }, shipped)],
])('%s: not trapped by', (_, tierFor) => {
  it.each(traps)('$name', ({ requests, notBelow = 'light', notAbove = 'frontier' }) => {
    const outside = requests.filter((request) => {
      const rank = tiers.indexOf(tierFor(request));
      return rank < tiers.indexOf(notBelow) || rank > tiers.indexOf(notAbove);
    });

    expect(outside.map((request) => `${tierFor(request)}: ${askOf(request)}`)).toEqual([]);
  });
});

describe('a policy that is sure of a wrong thing', () => {
  const [byRules, flattered] = [tierOf({ type: 'rules' }), tierOf({ type: 'hybrid' }, flatterer)];
  const requests = traps.flatMap((trap) => trap.requests);

  it('moves nothing down that the matrix keeps at the frontier', () => {
    const kept = requests.filter((request) => byRules(request) === 'frontier');

    expect(kept.length).toBeGreaterThan(10);
    for (const request of kept) expect(flattered(request)).toBe('frontier');
  });

  it('sends nothing light that the recogniser is unsure of', () => {
    const unsure = requests.filter((request) => describeRequest(request, 1_000).features.task === 'unsure');

    expect(unsure.length).toBeGreaterThan(3);
    for (const request of unsure) expect(flattered(request)).not.toBe('light');
  });
});

describe('the policy that ships', () => {
  const requests = traps.flatMap((trap) => trap.requests);

  it('leaves everything to the matrix in a hybrid', () => {
    const [byRules, hybrid] = [tierOf({ type: 'rules' }), tierOf({ type: 'hybrid' }, shipped)];

    for (const request of requests) expect(hybrid(request)).toBe(byRules(request));
  });

  it('keeps a contract at the frontier, even where it is believed without any evidence', () => {
    const asked = tierOf({ type: 'classifier' }, shipped);
    const believed = tierOf({ type: 'classifier', quality: 0.95, evidence: 0 }, shipped);

    for (const request of requests)
      expect([asked(request), believed(request)]).toEqual(['frontier', 'frontier']);
  });

  it('says that it rests on no outcomes, and that success may be anything', () => {
    const features = describeRequest(requests[0] as ChatRequest, 1_000).features;
    const subject = { ask: 'Prove it.', features, route: 'auto', agent: '', tags: { task: 'maths' } };
    const told = shipped.predict(subject, [models.light, models.mid], models.frontier);

    for (const { evidence, success, gap } of told) {
      expect(evidence).toBe(0);
      expect(success.high - success.low).toBeGreaterThan(0.7);
      expect(gap.low).toBeLessThan(-0.7);
      expect(gap.value).toBeLessThan(0);
    }
  });
});
