import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../core/model.ts';
import { fixedPredictor, type Opinions } from '../../testing/fixed-predictor.ts';
import { sampleModel, samplePrices } from '../../testing/sample-model.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { Pace } from '../pace.ts';
import { compileStrategy, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';
import type { StrategyParts, StrategyQuestion, Wish } from './strategy.ts';

const small = sampleModel('small', { tier: 'light', prices: samplePrices(1) });
const middle = sampleModel('middle', { tier: 'mid', prices: samplePrices(5) });
const large = sampleModel('large', { tier: 'frontier', prices: samplePrices(20) });
const models = new Map([small, middle, large].map((model) => [model.id, model]));

const opinions: Opinions = {
  [small.id]: { success: 0.7 },
  [middle.id]: { success: 0.91 },
  [large.id]: { success: 0.93 },
};

const partsOf = (told: Opinions | undefined = opinions, rest: Partial<StrategyParts> = {}) =>
  strategyParts({
    tiers: { light: [small.id], mid: [middle.id], frontier: [large.id] },
    model: (id) => models.get(id),
    reference: large,
    predictor: () => (told ? fixedPredictor(told) : undefined),
    ...rest,
  });

const compile = (config: object, parts = partsOf()) =>
  compileStrategy(strategySchema.parse({ type: 'classifier', ...config }), parts);

const wish = (config: object, parts = partsOf(), question: Partial<StrategyQuestion> = {}): Wish =>
  compile(config, parts)(questionOf(subjectOf(), question));

describe('a quality contract', () => {
  it('takes the cheapest model whose lower bound holds the share of the frontier', () => {
    expect(wish({ quality: 0.9 }).models).toEqual([middle.id, large.id, small.id]);
    expect(wish({ quality: 0.6 }).models[0]).toBe(small.id);
  });

  it('is not moved by a hopeful middle of wide bounds', () => {
    const unsure = { ...opinions, [middle.id]: { success: 0.95, spread: 0.2 } };

    expect(wish({ quality: 0.9 }, partsOf(unsure)).models[0]).toBe(large.id);
  });

  it('may be as sure as one likes', () => {
    const hopeful = { ...opinions, [middle.id]: { success: 0.89, spread: 0.12 } };

    expect(wish({ quality: 0.9 }, partsOf(hopeful)).models[0]).toBe(large.id);
    expect(wish({ quality: 0.9, confidence: 0.5 }, partsOf(hopeful)).models[0]).toBe(middle.id);
    expect(wish({ quality: 0.9, confidence: 0.8 }, partsOf(hopeful)).models[0]).toBe(middle.id);
    expect(wish({ quality: 0.9, confidence: 0.9 }, partsOf(hopeful)).models[0]).toBe(large.id);
  });

  it('is what holds where no aim is set, at 95 %', () => {
    const far = { ...opinions, [middle.id]: { success: 0.91, gapSpread: 0.04 } };
    const near = { ...opinions, [middle.id]: { success: 0.92, gapSpread: 0.02 } };

    expect(wish({}, partsOf(far)).models[0]).toBe(large.id);
    expect(wish({}, partsOf(near)).models[0]).toBe(middle.id);
  });

  it('takes the nearest where none holds, and says so', () => {
    const { models: asked, reasons } = wish({ quality: 1 }, partsOf(), { canServe: (id) => id !== large.id });

    expect(asked[0]).toBe(middle.id);
    expect(reasons[1]).toBe(
      "none that may serve holds 100 % of the frontier's success, with 95 % confidence: the nearest",
    );
  });

  it('says in plain words what it knew', () => {
    const { reasons, policy, weighed } = wish({ quality: 0.9 });

    expect(reasons).toEqual([
      'provider/middle is predicted to succeed in 91 % (88-94; frontier 93 %) at $0.0050 of $0.0200',
      "the cheapest that holds 90 % of the frontier's success, with 95 % confidence",
    ]);
    expect(policy).toBe('fixed@00000000');
    expect(weighed).toMatchObject([
      { model: middle.id, success: { value: 0.91 }, evidence: 100, cost: 5_000_000n },
      { model: large.id, gap: { value: 0 }, cost: 20_000_000n },
      { model: small.id, cost: 1_000_000n },
    ]);
  });
});

describe('a trade-off', () => {
  it('looks at quality only, at cost only, or between', () => {
    expect(wish({ tradeOff: 0 }).models[0]).toBe(large.id);
    expect(wish({ tradeOff: 0.1 }).models[0]).toBe(middle.id);
    expect(wish({ tradeOff: 1 }).models[0]).toBe(small.id);
  });

  it('asks models that cost nothing for what they can do', () => {
    const free = { ...large, prices: samplePrices(0) };
    const parts = partsOf(opinions, {
      model: (id) => (id === large.id ? free : models.get(id)),
      reference: free,
    });

    expect(wish({ tradeOff: 0.5 }, parts).models[0]).toBe(large.id);
  });
});

describe('too little evidence', () => {
  const barely = (evidence: number): Opinions =>
    Object.fromEntries(Object.entries(opinions).map(([id, told]) => [id, { ...told, evidence }]));

  it('falls back to the frontier under a contract and to mid under the others, never to the cheapest', () => {
    expect(wish({ quality: 0.5 }, partsOf(barely(29))).models).toEqual([large.id]);
    expect(wish({ tradeOff: 1 }, partsOf(barely(29))).models).toEqual([middle.id]);
    expect(wish({ spend: 0.1 }, partsOf(barely(29))).models).toEqual([middle.id]);
    expect(wish({ tradeOff: 1 }, partsOf(barely(30))).models[0]).toBe(small.id);
  });

  it('goes where the configuration says', () => {
    expect(wish({ otherwise: 'mid', evidence: 200 }).models).toEqual([middle.id]);
  });

  it('is told with what there is', () => {
    const { reasons, weighed } = wish({}, partsOf(barely(12.7)));

    expect(reasons).toEqual([
      'too little is known of provider/large, which others are held to: 12 of 30 outcomes',
      'otherwise: frontier',
    ]);
    expect(weighed?.[0]).toMatchObject({ model: large.id, evidence: 12.7 });
  });

  it('of one model leaves the choice between the others', () => {
    const newcomer = { ...opinions, [small.id]: { success: 0.99, evidence: 3 } };

    expect(wish({ quality: 0.9 }, partsOf(newcomer)).models).toEqual([middle.id, large.id, small.id]);
  });

  it('of who would be asked without any leaves it in the running', () => {
    const newcomer = { ...opinions, [middle.id]: { success: 0.9, evidence: 3 } };

    expect(wish({ tradeOff: 0.2 }, partsOf(newcomer)).models[0]).toBe(middle.id);
    expect(wish({ tradeOff: 0.2, otherwise: 'frontier' }, partsOf(newcomer)).models[0]).toBe(small.id);
  });

  it('of all but one is too little to choose', () => {
    const one = { [large.id]: { success: 0.93 } };

    expect(wish({ quality: 0.5 }, partsOf(one)).reasons[0]).toBe(
      'too little is known of requests like this: 0 of 30 outcomes of provider/small',
    );
  });

  it('is not needed where only one may serve', () => {
    const { models: asked, reasons } = wish({}, partsOf(barely(0)), { canServe: (id) => id === small.id });

    expect(asked).toEqual([small.id]);
    expect(reasons[1]).toBe('the only one that may serve');
  });

  it('is all there is without a policy', () => {
    const {
      models: asked,
      reasons,
      policy,
    } = wish({}, strategyParts({ ...partsOf(), predictor: () => undefined }));

    expect(asked).toEqual([large.id]);
    expect(reasons).toEqual(['no policy is loaded', 'otherwise: frontier']);
    expect(policy).toBeUndefined();
  });
});

describe('candidates', () => {
  it('are those the configuration names', () => {
    expect(wish({ tradeOff: 1, among: ['mid', large.id] }).models).toEqual([middle.id, large.id]);
  });

  it('are measured against the frontier, though it be none of them', () => {
    const { models: asked, reasons } = wish({ quality: 0.9, among: ['light', 'mid'] });

    expect(asked).toEqual([middle.id, small.id]);
    expect(reasons[0]).toContain('frontier 93 %');
  });

  it('are left to the gates where none may serve', () => {
    expect(wish({}, partsOf(), { canServe: () => false })).toMatchObject({
      models: [large.id],
      reasons: ['none that it knows may serve', 'otherwise: frontier'],
    });
  });
});

describe('a warm cache', () => {
  const session = { model: middle.id, warmTokens: 500, warmUntil: Number.MAX_SAFE_INTEGER } as NonNullable<
    StrategyQuestion['session']
  >;

  it('makes its model cheaper, and the frontier that would have been as warm', () => {
    const reading = {
      ...samplePrices(20),
      bands: samplePrices(20).bands.map((band) => ({ ...band, cacheRead: 0n as never })),
    };
    const warm = { ...large, prices: reading };
    const parts = partsOf(opinions, {
      model: (id) => (id === large.id ? warm : models.get(id)),
      reference: warm,
    });

    expect(wish({ quality: 0.9 }, parts, { session }).reasons[0]).toMatch(/at \$0\.0050 of \$0\.0100$/);
    expect(wish({ quality: 0.9 }, parts, { session }).weighed?.[1]).toMatchObject({
      model: large.id,
      cost: 20_000_000n,
    });
  });
});

describe('a budget', () => {
  const kinds: readonly Opinions[] = [
    opinions,
    { [small.id]: { success: 0.95 }, [middle.id]: { success: 0.95 }, [large.id]: { success: 0.96 } },
    { [small.id]: { success: 0.2 }, [middle.id]: { success: 0.5 }, [large.id]: { success: 0.9 } },
    { [small.id]: { success: 0.05 }, [middle.id]: { success: 0.6 }, [large.id]: { success: 0.65 } },
  ];
  const spent = (spend: number, rounds = 4_000): { share: number; success: number } => {
    const pace = new Pace();
    let [paid, always, success] = [0, 0, 0];
    const choose = compile(
      { spend },
      partsOf(undefined, {
        pace,
        predictor: () => fixedPredictor(({ features }) => kinds[features.turns % kinds.length] as Opinions),
      }),
    );
    for (let round = 0; round < rounds; round += 1) {
      const promptTokens = 200 + ((round * 7919) % 40) * 500;
      const {
        models: asked,
        weighed,
        settle,
      } = choose(questionOf(subjectOf({ turns: round, promptTokens })));
      settle?.(asked[0] as ModelId);
      if (round < rounds / 4) continue;
      paid += Number(weighed?.[0]?.cost);
      success += weighed?.[0]?.success.value ?? 0;
      always += Number(weighed?.find(({ model }) => model === large.id)?.cost);
    }
    return { share: paid / always, success: success / (rounds * 0.75) };
  };

  it.each([0.1, 0.25, 0.4, 0.7])('of %f is kept in the long run', (share) => {
    expect(Math.abs(spent(share).share - share)).toBeLessThan(0.03);
  });

  it('buys more with more', () => {
    const bought = [0.1, 0.25, 0.4, 0.7, 1].map((share) => spent(share).success);

    expect(bought).toEqual(bought.toSorted((a, b) => a - b));
    expect(bought[2]).toBeGreaterThan(0.79);
  });

  it('is kept by what was asked in the end, not by what was wished for', () => {
    const pace = new Pace();
    const choose = compile({ spend: 0.3 }, partsOf(opinions, { pace }));
    for (let round = 0; round < 300; round += 1) choose(questionOf()).settle?.(large.id);

    expect(pace.share).toBeCloseTo(1);
    expect(choose(questionOf()).models[0]).toBe(small.id);
  });

  it('is not charged with what had no choice', () => {
    const pace = new Pace();
    const choose = compile({ spend: 0.3 }, partsOf(opinions, { pace }));
    for (let round = 0; round < 300; round += 1)
      choose(questionOf(subjectOf(), { canServe: (id) => id === large.id })).settle?.(large.id);

    expect({ share: pace.share, decisions: pace.decisions }).toEqual({ share: undefined, decisions: 0 });
  });

  it('does not run away while the policy decides nothing', () => {
    const pace = new Pace();
    const choose = compile({ spend: 0.3, evidence: 1_000 }, partsOf(opinions, { pace }));
    const before = pace.multiplier;
    for (let round = 0; round < 300; round += 1) choose(questionOf()).settle?.(large.id);

    expect(pace.multiplier).toBe(before);
  });

  it('says how it stands', () => {
    expect(wish({ spend: 0.4 }).reasons[1]).toBe(
      'the best buy for 40 % of always-frontier: nothing spent so far, a usual frontier answer must add 0.20 of success',
    );
  });
});

describe('exploring', () => {
  const alike: Opinions = {
    [small.id]: { success: 0.5 },
    [middle.id]: { success: 0.92, gapSpread: 0.04 },
    [large.id]: { success: 0.93 },
  };
  const config = { quality: 0.9, explore: { share: 0.1, extraSpend: 0.05 } };
  const wished = (chance: number, pace = new Pace(), rest: Partial<StrategyQuestion> = {}) =>
    wish(config, partsOf(alike, { pace }), { chance, ...rest });
  const rich = () => {
    const pace = new Pace();
    for (let round = 0; round < 100; round += 1) pace.note(20e6);
    return pace;
  };

  it('tries only models that may be as good, and logs with what chance', () => {
    expect(wished(0.05, rich())).toMatchObject({ models: [large.id, middle.id, small.id], propensity: 0.1 });
    expect(wished(0.5, rich())).toMatchObject({ models: [middle.id, large.id, small.id], propensity: 0.9 });
  });

  it('says so', () => {
    expect(wished(0.05, rich()).reasons[1]).toBe(
      'tried in place of provider/middle: nobody can tell yet who is better',
    );
  });

  it('waits until there is money for it', () => {
    expect(wished(0.05)).toMatchObject({ models: [middle.id, large.id, small.id], propensity: 1 });
  });

  it('never costs more than its share of what is spent', () => {
    const pace = new Pace();
    const choose = compile(config, partsOf(alike, { pace }));
    let [extra, paid] = [0, 0];
    for (let round = 0; round < 5_000; round += 1) {
      const {
        models: asked,
        settle,
        weighed,
      } = choose(questionOf(subjectOf(), { chance: (round * 0.618) % 1 }));
      settle?.(asked[0] as ModelId);
      paid += Number(weighed?.[0]?.cost);
      if (asked[0] === large.id) extra += 15e6;
    }

    expect(extra).toBeGreaterThan(0);
    expect(extra / paid).toBeLessThanOrEqual(0.05);
  });

  it('leaves conversations and tool loops alone', () => {
    const session = { model: middle.id, warmTokens: 0 } as NonNullable<StrategyQuestion['session']>;

    expect(wished(0.05, rich(), { session }).propensity).toBe(1);
    expect(wished(0.05, rich(), { subject: subjectOf({ isToolLoop: true }) }).propensity).toBe(1);
  });

  it('begins where nothing is known yet, from whom one turns to then', () => {
    const unknown = Object.fromEntries(
      Object.entries(alike).map(([id, told]) => [id, { ...told, evidence: 1, gapSpread: 0.6 }]),
    );
    const first = wish(config, partsOf(unknown, { pace: rich() }), { chance: 0.01 });

    expect(first.models).toEqual([small.id, large.id]);
    expect(first).toMatchObject({ propensity: 0.05, policy: 'fixed@00000000' });
    expect(first.reasons[1]).toContain('tried in place of provider/large');
  });

  it('has chances that add up to one over all that may be drawn', () => {
    const counts = new Map<string, number>();
    const told = new Map<string, number>();
    const rounds = 10_000;
    for (let round = 0; round < rounds; round += 1) {
      const { models: asked, propensity } = wished((round + 0.5) / rounds, rich());
      counts.set(asked[0] as string, (counts.get(asked[0] as string) ?? 0) + 1);
      told.set(asked[0] as string, propensity);
    }

    for (const [model, count] of counts) expect(count / rounds).toBeCloseTo(told.get(model) ?? 0, 3);
  });
});

describe('the configuration of a classifier', () => {
  it.each([
    { quality: 0.9, spend: 0.4 },
    { spend: 0 },
    { quality: 1.1 },
    { tradeOff: -1 },
    { among: [] },
    { explore: { share: 0.9 } },
    { rules: [] },
  ])('refuses %o', (config) => {
    expect(strategySchema.safeParse({ type: 'classifier', ...config }).success).toBe(false);
  });
});
