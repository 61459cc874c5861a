import { describe, expect, it } from 'vitest';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { createPredictor } from '../../routing/classifier/predictor.ts';
import { readPolicy } from '../../routing/classifier/read-policy.ts';
import { recordedModel } from '../evaluate-models.ts';
import { policyBytes } from '../publish.ts';
import type { TrainingRow } from '../trainer.ts';
import { extendPolicy } from './extend-policy.ts';
import { hierarchical } from './hierarchical.ts';
import { easyAsk, hardAsk, madeUpRows, pair } from './made-up-rows.cases.ts';

const options = { name: 'test', seed: 1, sources: [{ name: 'made up', rows: 1 }] };
const base = hierarchical.train(madeUpRows({ rows: 400, models: pair, tagged: true }), options);

const [example] = madeUpRows({ rows: 1, models: pair });
const small = recordedModel('small', 'light');
const large = recordedModel('large', 'frontier');
const third = recordedModel('third', 'light');

const on = (file: PolicyFile, ask: string, tags: Readonly<Record<string, string>> = {}) => {
  const subject = { ...(example as TrainingRow).subject, ask, tags };
  const [ofSmall, ofThird] = createPredictor(file).predict(subject, [small, third], large);
  if (!ofSmall || !ofThird) throw new RangeError('a prediction is missing');
  return { small: ofSmall, third: ofThird };
};

const scoresOfThird = (rows: number) =>
  madeUpRows({ rows, models: { third: { hard: 0.15, easy: 0.5 } }, tagged: true, seed: 7 });

describe('extendPolicy', () => {
  it('adds a model of a few dozen scores, and leaves others nearly as they were', () => {
    const file = extendPolicy(base, scoresOfThird(40), options);

    const before = on(base, easyAsk);
    const after = on(file, easyAsk);
    expect(after.third.success.value).toBeLessThan(before.third.success.value - 0.1);
    expect(after.third.evidence).toBeGreaterThan(0);
    expect(Math.abs(after.small.success.value - before.small.success.value)).toBeLessThan(0.1);
    expect(file.models.map(({ name }) => name)).toEqual(['large', 'small', 'third']);
  });

  it('lets a new model know at once what its tier finds hard', () => {
    const file = extendPolicy(base, scoresOfThird(30), options);

    const hard = on(file, hardAsk, { task: 'proofs' }).third.success.value;
    const easy = on(file, easyAsk, { task: 'small talk' }).third.success.value;
    expect(hard).toBeLessThan(easy - 0.15);
  });

  it('learns what has changed of a model it knew', () => {
    const better = madeUpRows({
      rows: 300,
      models: { small: { hard: 0.9, easy: 0.95 }, large: { hard: 0.9, easy: 0.95 } },
      tagged: true,
      seed: 5,
    });

    const file = extendPolicy(base, better, options);

    const before = on(base, hardAsk, { task: 'proofs' }).small;
    const after = on(file, hardAsk, { task: 'proofs' }).small;
    expect(after.success.value).toBeGreaterThan(before.success.value + 0.3);
    expect(after.evidence).toBeGreaterThan(before.evidence);
  });

  it('meets a kind of request that is new', () => {
    const rows = madeUpRows({ rows: 60, models: pair, seed: 9 }).map((row) => ({
      ...row,
      subject: { ...row.subject, tags: { task: 'billing' } },
    }));

    const file = extendPolicy(base, rows, options);

    expect(on(file, easyAsk, { task: 'billing' }).small.evidence).toBeGreaterThan(
      on(base, easyAsk, { task: 'billing' }).small.evidence,
    );
  });

  it('forgets models that are gone', () => {
    const file = extendPolicy(base, [], { ...options, without: ['small'] });

    expect(file.models.map(({ name }) => name)).toEqual(['large']);
    expect(on(file, easyAsk).small.evidence).toBe(0);
  });

  it('changes no prediction where there is nothing new', () => {
    const file = extendPolicy(base, [], options);

    expect(on(file, hardAsk)).toEqual(on(base, hardAsk));
    expect(on(file, easyAsk)).toEqual(on(base, easyAsk));
  });

  it('gives a policy that can be read, the same bytes each time', () => {
    const bytes = policyBytes(extendPolicy(base, scoresOfThird(40), options));

    expect(policyBytes(extendPolicy(base, scoresOfThird(40), options))).toEqual(bytes);
    expect(readPolicy(bytes).policy).toMatch(/^test@[0-9a-f]{8}$/);
  });

  it('can go on from what was gone on from', () => {
    const twice = extendPolicy(extendPolicy(base, scoresOfThird(40), options), scoresOfThird(20), options);

    expect(twice.models.find(({ name }) => name === 'third')?.rows).toBe(60);
    expect(readPolicy(policyBytes(twice)).policy).toMatch(/^test@/);
  });
});
