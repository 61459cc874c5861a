import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tier } from '../../core/model.ts';
import type { Prediction, PredictionSubject } from '../../core/prediction.ts';
import { createBasis } from '../../routing/classifier/basis.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { createPredictor } from '../../routing/classifier/predictor.ts';
import { readPolicy } from '../../routing/classifier/read-policy.ts';
import { sampleFeatures } from '../../testing/sample-features.ts';
import { recordedModel } from '../evaluate-models.ts';
import { policyBytes } from '../publish.ts';
import type { TrainingRow } from '../trainer.ts';
import { hierarchical } from './hierarchical.ts';
import { trainers } from './index.ts';
import { learnBasis, placeRows } from './learn-basis.ts';
import { length } from './length.ts';
import { easyAsk, hardAsk, madeUpRows, pair } from './made-up-rows.cases.ts';
import { prior } from './prior.ts';

const options = { name: 'test', seed: 1, sources: [{ name: 'made up', rows: 1 }] };

const subjectOf = (ask: string, rest: Partial<PredictionSubject> = {}): PredictionSubject => ({
  ask,
  features: sampleFeatures({ task: 'unsure', taskConfidence: 0 }),
  route: 'auto',
  agent: '',
  tags: {},
  ...rest,
});

const small = recordedModel('small', 'light');
const large = recordedModel('large', 'frontier');

const smallOn = (file: PolicyFile, subject: PredictionSubject): Prediction => {
  const [prediction] = createPredictor(file).predict(subject, [small], large);
  return prediction as Prediction;
};

describe('the hierarchical trainer', () => {
  it('tells apart what words tell apart', () => {
    const file = hierarchical.train(madeUpRows({ rows: 600, models: pair }), options);

    const hard = smallOn(file, subjectOf(hardAsk));
    const easy = smallOn(file, subjectOf(easyAsk));

    expect(hard.success.value).toBeLessThan(0.4);
    expect(easy.success.value).toBeGreaterThan(0.8);
    expect(hard.gap.value).toBeLessThan(-0.4);
    expect(hard.gap.high).toBeLessThan(0);
    expect(Math.abs(easy.gap.value)).toBeLessThan(0.15);
  });

  it('takes no tag for a kind of request whose values are new with every conversation', () => {
    const rows = madeUpRows({ rows: 600, models: pair }).map((row, at) => ({
      ...row,
      group: `talk ${Math.floor(at / 5)}`,
      subject: { ...row.subject, tags: { trace: `t${Math.floor(at / 5)}`, team: at % 2 ? 'red' : 'blue' } },
    }));
    const file = hierarchical.train(rows, options);

    const evidenceOf = (tags: Readonly<Record<string, string>>): number =>
      smallOn(file, subjectOf(easyAsk, { tags })).evidence;

    expect(evidenceOf({ trace: 'never seen', team: 'red' })).toBe(evidenceOf({ team: 'red' }));
    expect(evidenceOf({ request: 'some id' })).toBe(evidenceOf({}));
    expect(evidenceOf({ team: 'of another kind' })).toBeLessThan(evidenceOf({ team: 'red' }) / 5);
  });

  it('is surer of a kind that it has seen often the more kinds differ', () => {
    const widthOf = (models: typeof pair): number => {
      const file = hierarchical.train(madeUpRows({ rows: 400, models, tagged: true }), options);
      const { low, high } = smallOn(file, subjectOf(hardAsk, { tags: { task: 'proofs' } })).success;
      return high - low;
    };
    const near = { small: { hard: 0.5, easy: 0.6 }, large: pair.large };
    const far = { small: { hard: 0.03, easy: 0.97 }, large: pair.large };

    expect(widthOf(far)).toBeLessThan(widthOf(near));
    expect(widthOf(near)).toBeLessThan(0.4);
  });

  it('tells in its file how often its bounds hold what came of rows held out', () => {
    const { metrics } = hierarchical.train(madeUpRows({ rows: 600, models: pair, tagged: true }), options);

    expect(metrics['coverage.success']).toBeGreaterThan(0.9);
    expect(metrics['coverage.gap']).toBeGreaterThan(0.9);
    expect(hierarchical.train(madeUpRows({ rows: 20, models: pair }), options).metrics).not.toHaveProperty(
      'coverage.success',
    );
  });

  it('calibrates two models of one tier each by itself', () => {
    const models = { steady: { hard: 0.6, easy: 0.65 }, torn: { hard: 0.1, easy: 0.95 }, large: pair.large };
    const file = hierarchical.train(madeUpRows({ rows: 900, models }), {
      ...options,
      tierOf: (model) => (model === 'large' ? 'frontier' : 'light'),
    });

    const asked = [recordedModel('steady', 'light'), recordedModel('torn', 'light')];
    const [hard, easy] = [hardAsk, easyAsk].map((ask) =>
      createPredictor(file).predict(subjectOf(ask), asked, large),
    ) as [readonly Prediction[], readonly Prediction[]];
    const chances = [...hard, ...easy].map(({ success }) => success.value);
    for (const [at, came] of [0.6, 0.1, 0.65, 0.95].entries())
      expect(Math.abs((chances[at] ?? 0) - came)).toBeLessThan(0.15);
  });

  it('learns from tags where no words were kept', () => {
    const file = hierarchical.train(
      madeUpRows({ rows: 600, models: pair, tagged: true, wordless: true }),
      options,
    );

    expect(smallOn(file, subjectOf('', { tags: { task: 'proofs' } })).success.value).toBeLessThan(0.4);
    expect(smallOn(file, subjectOf('', { tags: { task: 'small talk' } })).success.value).toBeGreaterThan(0.8);
  });

  it('predicts how long answers are, and that hard ones are longer', () => {
    const file = hierarchical.train(madeUpRows({ rows: 300, models: pair }), options);

    const hard = smallOn(file, subjectOf(hardAsk)).outputTokens;
    const easy = smallOn(file, subjectOf(easyAsk)).outputTokens;

    expect(hard?.p50).toBeGreaterThan(350);
    expect(easy?.p50).toBeLessThan(220);
    expect(hard?.p90).toBeGreaterThanOrEqual(hard?.p50 ?? 0);
  });

  it('says nothing of the length of answers that nobody recorded', () => {
    const rows = madeUpRows({ rows: 50, models: pair }).map((row) => ({
      ...row,
      outcomes: { small: { score: 1 }, large: { score: 1 } },
    }));

    expect(smallOn(hierarchical.train(rows, options), subjectOf(easyAsk)).outputTokens).toBeUndefined();
  });

  it('learns where each request was answered by one model only', () => {
    const rows = madeUpRows({
      rows: 900,
      models: pair,
      answers: (row, model) => (row % 2 === 0) === (model === 'small'),
    });

    const file = hierarchical.train(rows, options);

    expect(smallOn(file, subjectOf(hardAsk)).gap.value).toBeLessThan(-0.3);
  });

  it('serves seventy models', () => {
    const models = Object.fromEntries(
      Array.from({ length: 70 }, (_, at) => [`model ${at}`, { hard: at / 70, easy: 0.9 }]),
    );

    const file = hierarchical.train(madeUpRows({ rows: 60, models }), options);
    const known = file.models.map(({ name, tier }) => recordedModel(name, tier));
    const predictions = createPredictor(file).predict(subjectOf(hardAsk), known, known[69] as typeof small);

    expect(predictions).toHaveLength(70);
    expect(policyBytes(file).byteLength).toBeLessThan(5_000_000);
  });

  it('is held to what is usual where all is chance', () => {
    const coins = { small: { hard: 0.5, easy: 0.5 }, large: { hard: 0.8, easy: 0.8 } };

    const file = hierarchical.train(madeUpRows({ rows: 25, models: coins }), options);

    const hard = smallOn(file, subjectOf(hardAsk)).success;
    const easy = smallOn(file, subjectOf(easyAsk)).success;
    expect(Math.abs(hard.value - easy.value)).toBeLessThan(0.25);
    expect(hard.high - hard.low).toBeGreaterThan(0.3);
  });
});

describe('evidence', () => {
  const rows = madeUpRows({ rows: 100, models: pair, tagged: true });
  const more = [1, 2, 3].flatMap((copy) =>
    rows.map((row) => ({ ...row, id: `${row.id} ${copy}`, group: `${row.group} ${copy}` })),
  );
  const known = subjectOf(hardAsk, { tags: { task: 'proofs' } });

  it('narrows bounds as it grows', () => {
    const few = smallOn(prior.train(rows, options), known);
    const many = smallOn(prior.train([...rows, ...more], options), known);

    expect(many.evidence).toBeGreaterThan(few.evidence);
    expect(many.success.high - many.success.low).toBeLessThan(few.success.high - few.success.low);
    expect(many.gap.high - many.gap.low).toBeLessThan(few.gap.high - few.gap.low);
  });

  it('grows with the weight of rows', () => {
    const light = rows.map((row) => ({ ...row, weight: 0.25 }));

    expect(smallOn(prior.train(light, options), known).evidence).toBeLessThan(
      smallOn(prior.train(rows, options), known).evidence,
    );
  });

  it('is small for a kind of request that was never seen', () => {
    const file = hierarchical.train([...rows, ...more], options);

    const unseen = smallOn(file, subjectOf(hardAsk, { tags: { task: 'poems' } }));

    expect(unseen.evidence).toBeLessThan(smallOn(file, known).evidence / 2);
  });

  it('is small for words that were never seen', () => {
    const file = hierarchical.train([...rows, ...more], options);

    const unseen = smallOn(file, { ...known, ask: 'zymurgy quokka fjord glyph vortex sphinx waltz' });

    expect(unseen.evidence).toBeLessThan(smallOn(file, known).evidence);
  });

  it('is none for a model that was never tried, which starts from its tier', () => {
    const file = hierarchical.train(rows, options);
    const newcomer = recordedModel('newcomer', 'light');

    const [prediction] = createPredictor(file).predict(known, [newcomer], large);

    expect(prediction?.evidence).toBe(0);
    expect(prediction?.outputTokens).toBeUndefined();
    expect((prediction?.success.high ?? 0) - (prediction?.success.low ?? 0)).toBeGreaterThan(0.3);
    expect(Math.abs((prediction?.success.value ?? 0) - smallOn(file, known).success.value)).toBeLessThan(0.2);
  });
});

describe('controls', () => {
  it('the prior says the same of every request', () => {
    const file = prior.train(madeUpRows({ rows: 200, models: pair }), options);

    expect(smallOn(file, subjectOf(hardAsk)).success).toEqual(smallOn(file, subjectOf(easyAsk)).success);
  });

  it('the length sees how long an ask is, and no word of it', () => {
    const file = length.train(madeUpRows({ rows: 200, models: pair }), options);

    const one = smallOn(file, subjectOf('abcdefgh ijkl'));
    const other = smallOn(file, subjectOf('mnopqrst uvwx'));
    expect(one.success).toEqual(other.success);
  });
});

describe.each(trainers)('$type', (trainer) => {
  it('gives the same bytes for the same rows and seed', () => {
    const rows = madeUpRows({ rows: 120, models: pair, tagged: true });

    expect(policyBytes(trainer.train(rows, options))).toEqual(policyBytes(trainer.train(rows, options)));
  });

  it('serves from its bytes to the bit what it served before', () => {
    const rows = madeUpRows({ rows: 120, models: pair, tagged: true });
    const file = trainer.train(rows, options);
    const again = readPolicy(policyBytes(file));

    for (const { subject } of rows.slice(0, 20))
      expect(again.predict(subject, [small, large], large)).toEqual(
        createPredictor(file).predict(subject, [small, large], large),
      );
  });

  it('refuses rows without any outcome, saying what to do', () => {
    const rows = madeUpRows({ rows: 5, models: {} });

    expect(() => trainer.train(rows, options)).toThrow(/label|outcome file/);
  });

  it('learns from a single row without a fault', () => {
    const file = trainer.train(madeUpRows({ rows: 1, models: { small: { hard: 1, easy: 1 } } }), options);

    expect(smallOn(file, subjectOf(easyAsk)).success.value).toBeGreaterThan(0.5);
  });

  it('gives chances between bounds between 0 and 1, whatever it learnt and is asked', () => {
    const outcome = fc.record({
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      outputTokens: fc.option(fc.nat(100_000), { nil: undefined }),
    });
    const row = fc.record({
      ask: fc.string({ unit: 'grapheme', maxLength: 60 }),
      tag: fc.constantFrom('', 'a', 'b'),
      weight: fc.double({ min: 0, max: 1, noNaN: true }),
      outcomes: fc.dictionary(fc.constantFrom('small', 'large', 'third'), outcome, {
        minKeys: 1,
        maxKeys: 3,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.string({ maxLength: 200 }),
        (made, ask) => {
          const rows = made.map(
            ({ ask: words, tag, weight, outcomes }, at): TrainingRow => ({
              id: `${at}`,
              group: `${at}`,
              subject: subjectOf(words, tag === '' ? {} : { tags: { task: tag } }),
              outcomes: Object.fromEntries(
                Object.entries(outcomes).map(([model, { score, outputTokens }]) => [
                  model,
                  { score, ...(outputTokens !== undefined && { outputTokens }) },
                ]),
              ),
              weight,
            }),
          );
          const predictor = createPredictor(trainer.train(rows, options));
          const models = ['small', 'large', 'third', 'never met'].map((name) =>
            recordedModel(name, (name === 'large' ? 'frontier' : 'light') satisfies Tier),
          );
          for (const { success, gap, evidence } of predictor.predict(subjectOf(ask), models, large)) {
            expect(success.low).toBeGreaterThanOrEqual(0);
            expect(success.value).toBeGreaterThanOrEqual(success.low);
            expect(success.high).toBeGreaterThanOrEqual(success.value);
            expect(success.high).toBeLessThanOrEqual(1);
            expect(gap.low).toBeGreaterThanOrEqual(-1);
            expect(gap.value).toBeGreaterThanOrEqual(gap.low);
            expect(gap.high).toBeGreaterThanOrEqual(gap.value);
            expect(gap.high).toBeLessThanOrEqual(1);
            expect(evidence).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('training and serving', () => {
  it('see the same numbers of a request', () => {
    const rows = madeUpRows({ rows: 30, models: pair, tagged: true });
    const sight = { words: true, structure: () => true, waves: 32, identities: true };
    const basis = createBasis(learnBasis(rows, sight, 1));
    const design = placeRows(rows, basis);

    for (const [at, { subject }] of rows.entries()) {
      const placed = basis.place(subject);
      const [from, to] = [design.starts[at], design.starts[at + 1]];
      expect(design.index.subarray(from, to)).toEqual(placed.columns.subarray(0, placed.count));
      expect(design.values.subarray(from, to)).toEqual(
        Float32Array.from(placed.values.subarray(0, placed.count)),
      );
    }
  });
});
