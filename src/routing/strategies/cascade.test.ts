import { describe, expect, it } from 'vitest';
import { evidenceAgainst } from '../../core/decision.ts';
import type { ModelId } from '../../core/model.ts';
import { fixedPredictor, type Opinions } from '../../testing/fixed-predictor.ts';
import { sampleModel, samplePrices } from '../../testing/sample-model.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { compileStrategy, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';
import type { StrategyQuestion, Wish } from './strategy.ts';

const prices: Readonly<Record<string, number>> = {
  'p/small': 1,
  'q/small': 1,
  'p/middle': 4,
  'p/large': 20,
  'p/judge': 1,
};
const models = Object.entries(prices).map(([id, dollars]) => {
  const [provider = '', name = ''] = id.split('/');
  return sampleModel(name, { id: id as ModelId, provider, prices: samplePrices(dollars) });
});
const model = (id: ModelId) => models.find((one) => one.id === id);
const tiers = {
  light: ['p/small', 'q/small'] as ModelId[],
  mid: ['p/middle'] as ModelId[],
  frontier: ['p/large'] as ModelId[],
};

const ask = (config: object = {}, question: Partial<StrategyQuestion> = {}, opinions?: Opinions): Wish => {
  const predictor = opinions && fixedPredictor(opinions);
  const parts = strategyParts({
    tiers,
    model,
    reference: model('p/large' as ModelId),
    predictor: () => predictor,
  });
  const strategy = compileStrategy(strategySchema.parse({ type: 'cascade', ...config }), parts);
  return strategy(questionOf(subjectOf({ promptTokens: 1000, maxOutputTokens: null }), question));
};

const stepsOf = ({ steps = [] }: Wish) => steps.map((step) => step.models.join(' + '));

describe('a cascade', () => {
  it('goes from light to mid to frontier, and judges all but the last by their looks', () => {
    const wish = ask();

    expect(wish.steps).toEqual([
      { models: ['p/small'], acceptIf: { refuse: evidenceAgainst } },
      { models: ['p/middle'], acceptIf: { refuse: evidenceAgainst } },
      { models: ['p/large'] },
    ]);
    expect(wish).toMatchObject({ tier: 'light', models: ['p/small', 'p/middle', 'p/large'], propensity: 1 });
    expect(wish.reasons[0]).toBe('cascade: light, then mid, then frontier');
  });

  it('asks the first of a tier that can serve', () => {
    expect(stepsOf(ask({}, { canServe: (id) => id !== 'p/small' }))).toEqual([
      'q/small',
      'p/middle',
      'p/large',
    ]);
  });

  it('asks two of a tier side by side, and nobody where there is only one to agree', () => {
    const config = {
      steps: [{ ask: ['light', 'light'], acceptIf: { agreement: 0.8 } }, { ask: 'frontier' }],
    };

    expect(stepsOf(ask(config))).toEqual(['p/small + q/small', 'p/large']);
    expect(stepsOf(ask(config, { canServe: (id) => id !== 'q/small' }))).toEqual(['p/large']);
  });

  it('has no model judge itself', () => {
    const verifier = { model: 'p/small' };
    const config = { steps: [{ ask: 'light', acceptIf: { verifier } }, { ask: 'frontier' }] };

    expect(ask(config).steps?.[0]).toMatchObject({
      models: ['q/small'],
      acceptIf: { verifier: { model: 'p/small', atLeast: 0.7 } },
    });
  });

  it('goes straight to its last step where `when` does not hold', () => {
    const wish = ask({ when: { tokens: { max: 100 } } });

    expect(wish).toMatchObject({ models: ['p/large'], tier: 'frontier' });
    expect(wish.reasons).toEqual(['straight to frontier: no rule of the cascade holds']);
  });

  it('goes straight where no answer could be judged', () => {
    const wish = ask({}, { unjudged: () => 'it wants several answers' });

    expect(stepsOf(wish)).toEqual(['p/large']);
    expect(wish.reasons).toEqual(['straight to frontier: it wants several answers']);
  });

  it('tells the most that it can cost where no policy knows how often steps fail', () => {
    expect(ask().reasons.slice(1)).toEqual([
      expect.stringMatching(/^at most \$[\d.]+ with all that fails, \$[\d.]+ straight$/),
      'no policy is loaded',
    ]);
  });
});

describe('a cascade with a policy', () => {
  const sure: Opinions = {
    'p/small': { success: 0.9 },
    'q/small': { success: 0.9 },
    'p/middle': { success: 0.95 },
    'p/large': { success: 0.97 },
  };

  it('tells what all of it is expected to cost', () => {
    const wish = ask({}, {}, sure);

    expect(stepsOf(wish)).toEqual(['p/small', 'p/middle', 'p/large']);
    expect(wish.reasons.at(-1)).toMatch(/^expected to cost \$[\d.]+ with all that fails, \$[\d.]+ straight$/);
    expect(wish.weighed?.map((one) => one.model)).toEqual(['p/small', 'p/middle', 'p/large']);
  });

  it('skips a step that is likely to fail', () => {
    const wish = ask({}, {}, { ...sure, 'p/small': { success: 0.3 } });

    expect(stepsOf(wish)).toEqual(['p/middle', 'p/large']);
    expect(wish.reasons).toContain('light is skipped: predicted to succeed in 30 %');
  });

  it('skips a step that costs more than it saves', () => {
    const config = { skipBelow: 0, steps: [{ ask: 'p/middle' }, { ask: 'p/large' }] };
    const wish = ask(config, {}, { ...sure, 'p/middle': { success: 0.1 } });

    expect(stepsOf(wish)).toEqual(['p/large']);
    expect(wish.reasons).toContain('p/middle is skipped: it would cost more than it saves');
  });

  it('skips nothing that it knows too little of', () => {
    const wish = ask({}, {}, { ...sure, 'p/small': { success: 0.1, evidence: 3 } });

    expect(stepsOf(wish)).toEqual(['p/small', 'p/middle', 'p/large']);
    expect(wish.reasons.at(-1)).toMatch(/^at most/);
  });
});

describe('the configuration of a cascade', () => {
  const steps = (...list: object[]) => strategySchema.safeParse({ type: 'cascade', steps: list });

  it.each([
    ['one step only', [{ ask: 'light' }]],
    ['a last step that is judged', [{ ask: 'light' }, { ask: 'mid', acceptIf: {} }]],
    ['agreement of one', [{ ask: 'light', acceptIf: { agreement: 1 } }, { ask: 'mid' }]],
    ['a verifier of itself', [{ ask: 'a/b', acceptIf: { verifier: { model: 'a/b' } } }, { ask: 'mid' }]],
    [
      'a pattern that is none',
      [{ ask: 'light', acceptIf: { tests: [{ type: 'matches', pattern: '(?=a)' }] } }, { ask: 'mid' }],
    ],
    ['an evidence nobody looks for', [{ ask: 'light', acceptIf: { refuse: ['boring'] } }, { ask: 'mid' }]],
  ])('is refused with %s', (_, list) => {
    expect(steps(...list).success).toBe(false);
  });
});
