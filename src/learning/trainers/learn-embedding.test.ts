import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../core/prediction.ts';
import { createPredictor } from '../../routing/classifier/predictor.ts';
import { readPolicy } from '../../routing/classifier/read-policy.ts';
import { sampleModel } from '../../testing/sample-model.ts';
import { embeddedRows, isHard, kind } from '../embedded-rows.cases.ts';
import { evaluatePolicy } from '../evaluate.ts';
import type { TrainingRow } from '../trainer.ts';
import { extendPolicy } from './extend-policy.ts';
import { hierarchical } from './hierarchical.ts';

const options = { name: 'own', seed: 1, sources: [{ name: 'made up', rows: 600 }] };
const rows = embeddedRows(0, 600);
const held = embeddedRows(10_000, 300);
const policy = hierarchical.train(rows, { ...options, embedding: kind });
const predictor = createPredictor(policy);
const bare = (row: TrainingRow): TrainingRow => ({
  ...row,
  subject: { ...row.subject, embedding: undefined },
});
const small = sampleModel('small', { tier: 'light' });
const large = sampleModel('large', { tier: 'frontier' });
const ask = (row: TrainingRow, by = predictor): Prediction =>
  by.predict(row.subject, [small], large)[0] as Prediction;
const meanOf = (some: readonly TrainingRow[]): number =>
  some.reduce((sum, row) => sum + ask(row).success.value, 0) / some.length;

describe('a policy trained with embeddings', () => {
  it('tells by them what no word tells', () => {
    const hard = meanOf(held.filter(({ subject }) => isHard(subject.ask)));
    const easy = meanOf(held.filter(({ subject }) => !isHard(subject.ask)));

    expect(easy - hard).toBeGreaterThan(0.5);
    expect(Math.abs(hard - 0.1)).toBeLessThan(0.15);
    expect(Math.abs(easy - 0.95)).toBeLessThan(0.15);
  });

  it('shows it where it is evaluated on rows that it has not seen', () => {
    const parts = { training: undefined, weak: 'small', strong: 'large', quality: 0.95, seed: 1 };
    const figuresOf = (some: readonly TrainingRow[]) =>
      evaluatePolicy(some, predictor, {
        ...parts,
        prices: undefined,
        tierOf: undefined,
      }).policies.find(({ role }) => role === 'policy');

    const withThem = figuresOf(held)?.apgr?.value ?? 0;
    const without = figuresOf(held.map(bare))?.apgr?.value ?? 1;

    expect(withThem).toBeGreaterThan(0.7);
    expect(without).toBeLessThan(0.6);
  });

  it('says without one just what it would have learnt without any', () => {
    const without = createPredictor(hierarchical.train(rows.map(bare), options));

    for (const row of held.slice(0, 50)) expect(ask(bare(row))).toEqual(ask(bare(row), without));
  });

  it('is less sure without one, by as much as it says', () => {
    const widthOf = (some: readonly TrainingRow[]): number =>
      some.reduce((sum, row) => sum + ask(row).gap.high - ask(row).gap.low, 0) / some.length;

    expect(widthOf(held)).toBeLessThan(0.95 * widthOf(held.map(bare)));
    expect(policy.metrics['embedding.widening-without']).toBeGreaterThan(1.2);
    expect(policy.metrics['embedding.brier-with']).toBeLessThan(
      policy.metrics['embedding.brier-without'] ?? 0,
    );
  });

  it('takes one of another length for none', () => {
    const [row] = held as [TrainingRow];
    const short = { ...row, subject: { ...row.subject, embedding: new Float32Array(12).fill(1) } };

    expect(ask(short)).toEqual(ask(bare(row)));
  });

  it('knows by them what a model is like that it has never heard of, as far as its tier is', () => {
    const [hard, easy] = [true, false].map((wanted) =>
      held.find(({ subject }) => isHard(subject.ask) === wanted),
    ) as [TrainingRow, TrainingRow];
    const unknown = sampleModel('unheard-of', { tier: 'light' });
    const chance = (row: TrainingRow) => predictor.predict(row.subject, [unknown], large)[0]?.success.value;

    expect(chance(easy)).toBeGreaterThan((chance(hard) ?? 1) + 0.1);
  });

  it('survives its file, and the same rows give the same bytes', () => {
    const again = hierarchical.train(rows, { ...options, embedding: kind });

    expect(JSON.stringify(again)).toBe(JSON.stringify(policy));
    expect(readPolicy(Buffer.from(JSON.stringify(policy))).embedding).toEqual(kind);
  });

  it('is kept by a policy that goes on from it with rows that have none', () => {
    const next = createPredictor(
      extendPolicy(
        policy,
        embeddedRows(20_000, 40, () => false),
        { ...options, name: 'next' },
      ),
    );
    const [hard, easy] = [true, false].map((wanted) =>
      held.find(({ subject }) => isHard(subject.ask) === wanted),
    ) as [TrainingRow, TrainingRow];

    expect(next.embedding).toEqual(kind);
    expect(ask(easy, next).success.value - ask(hard, next).success.value).toBeGreaterThan(0.3);
  });

  it('learns of the rows that have one where others have none', () => {
    const some = hierarchical.train(
      embeddedRows(0, 600, (at) => at % 2 === 0),
      { ...options, embedding: kind },
    );

    expect(some.metrics['embedding.rows']).toBe(300);
    expect(createPredictor(some).embedding).toEqual(kind);
  });
});

describe('embeddings that say nothing', () => {
  it('are not asked for by the policy', () => {
    const noise = rows.map((row, at) => ({
      ...row,
      subject: { ...row.subject, embedding: rows[(at * 7 + 13) % rows.length]?.subject.embedding },
    }));

    const trained = hierarchical.train(noise, { ...options, embedding: kind });

    const { 'embedding.brier-with': withIt = 0, 'embedding.brier-without': without = 0 } = trained.metrics;
    // a wiggle of chance at most
    expect(without - withIt).toBeLessThan(0.005);
  });

  it('of few rows are left out, and the figures say of how many', () => {
    const few = hierarchical.train(
      embeddedRows(0, 200, (at) => at < 20),
      { ...options, embedding: kind },
    );

    expect(few.heads.embedding).toBeUndefined();
    expect(few.metrics['embedding.rows']).toBe(20);
  });

  it('change nothing of a policy where nobody said what they are', () => {
    expect(JSON.stringify(hierarchical.train(rows, options))).toBe(
      JSON.stringify(hierarchical.train(rows.map(bare), options)),
    );
  });
});
