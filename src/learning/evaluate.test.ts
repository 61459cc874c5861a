import { describe, expect, it } from 'vitest';
import { type Evaluation, evaluatePolicy, type PolicyLine } from './evaluate.ts';
import { evaluationText } from './evaluate-text.ts';
import { knowingPredictor, knownRows } from './known-rows.cases.ts';
import type { TrainingRow } from './trainer.ts';

const solves = { small: 0.95, medium: 0.95, large: 0.96 };
const hard = { small: 0.2, medium: 0.6, large: 0.9 };
const costs = { small: 0.001, medium: 0.004, large: 0.02 };

/** Half of the rows are hard: only "large" and "medium" may solve them. */
const rowsOf = (count: number, models: readonly string[], seed = 1): readonly TrainingRow[] => {
  const some = (chances: Readonly<Record<string, number>>) =>
    Object.fromEntries(models.map((model) => [model, chances[model] ?? 0]));
  return knownRows(count, { easy: some(solves), hard: some(hard) }, { seed, costs });
};

const knowing = knowingPredictor({ easy: solves, hard });
const always = { small: 0.5, medium: 0.75, large: 0.93 };
const ignorant = knowingPredictor({ easy: always, hard: always });
const low = { small: 0.3, medium: 0.3, large: 0.3 };

const line = ({ policies }: Evaluation, name: string): PolicyLine => {
  const found = policies.find((policy) => policy.name === name);
  if (!found) throw new Error(`no line "${name}"`);
  return found;
};
const options = { resamples: 200 };

describe('an evaluation', () => {
  it('shows what it is worth to know which requests are hard', () => {
    const evaluation = evaluatePolicy(rowsOf(800, ['small', 'large']), knowing, {
      ...options,
      training: rowsOf(300, ['small', 'large'], 2),
    });

    const policy = line(evaluation, 'policy');
    expect(evaluation).toMatchObject({
      weak: 'small',
      strong: 'large',
      chosenOn: 'training rows',
      costUnit: 'usd',
    });
    expect(policy.apgr?.low).toBeGreaterThan(0.65);
    expect(policy.cpt50?.high).toBeLessThan(0.4);
    expect(policy.quality?.value).toBeGreaterThan(0.9);
    expect(policy.saving98?.low).toBeGreaterThan(
      line(evaluation, 'random mix, same cost').saving98?.high ?? 1,
    );
    expect(evaluation.gains.apgrOverLength?.low).toBeGreaterThan(0);
    expect(evaluation.gains.qualityOverMix?.low).toBeGreaterThan(0);
  });

  it('gives nothing to a predictor that says the same of every request', () => {
    const evaluation = evaluatePolicy(rowsOf(800, ['small', 'medium', 'large']), ignorant, options);

    expect(line(evaluation, 'policy').apgr?.value).toBeCloseTo(0.5, 9);
    expect(evaluation.gains.aiqOverConstants?.value).toBeCloseTo(0, 9);
    expect(Math.abs(evaluation.gains.apgrOverLength?.value ?? 1)).toBeLessThan(0.1);
  });

  it('prints what the same machinery makes of predictions for other requests', () => {
    const evaluation = evaluatePolicy(rowsOf(800, ['small', 'medium', 'large']), knowing, options);

    const dealt = line(evaluation, 'its predictions, dealt anew');
    expect(Math.abs((dealt.apgr?.value ?? 0) - 0.5)).toBeLessThan(0.1);
    expect(line(evaluation, 'policy').apgr?.value).toBeGreaterThan((dealt.apgr?.value ?? 1) + 0.1);
  });

  it('never beats the oracle', () => {
    const evaluation = evaluatePolicy(rowsOf(400, ['small', 'medium', 'large']), knowing, options);

    for (const figure of ['quality', 'apgr', 'aiq', 'saving95', 'saving100'] as const)
      expect(line(evaluation, 'policy')[figure]?.value).toBeLessThanOrEqual(
        line(evaluation, 'oracle')[figure]?.value ?? 0,
      );
  });

  it('calls a calibrated predictor calibrated, beside what chance leaves at so many rows', () => {
    const evaluation = evaluatePolicy(rowsOf(2000, ['small', 'large']), knowing, options);
    const wrong = evaluatePolicy(
      rowsOf(2000, ['small', 'large']),
      knowingPredictor({ easy: low, hard: low }),
      options,
    );

    const [all] = evaluation.calibration;
    expect(all).toMatchObject({ of: 'all', outcomes: 4000 });
    expect(all?.ece.value).toBeLessThan((all?.floor ?? 0) + 0.02);
    expect(wrong.calibration[0]?.ece.value).toBeGreaterThan(0.3);
  });

  it('leaves out a model that few rows know rather than most of the rows', () => {
    const rows = rowsOf(100, ['small', 'medium', 'large']).map((row, at) => {
      const { medium, ...others } = row.outcomes;
      return at < 90 ? { ...row, outcomes: others } : row;
    });

    const { left, models, calibration } = evaluatePolicy(rows, knowing, options);

    expect(left).toEqual({ rows: 0, models: ['medium'] });
    expect(models.map(({ model }) => model)).toEqual(['large', 'small']);
    expect(calibration[0]?.outcomes).toBe(210);
  });

  it('prices rows by a file of prices, and by tiers where nobody recorded costs', () => {
    const rows = rowsOf(100, ['small', 'large']).map((row) => ({
      ...row,
      outcomes: Object.fromEntries(
        Object.entries(row.outcomes).map(([model, { score }]) => [
          model,
          { score, inputTokens: 1000, outputTokens: 100 },
        ]),
      ),
    }));
    const prices = { small: { inputUsd: 1, outputUsd: 10 }, large: { inputUsd: 5, outputUsd: 50 } };

    const priced = evaluatePolicy(rows, knowing, { ...options, prices });
    const unpriced = evaluatePolicy(rows, knowing, options);

    expect(line(priced, 'always strong').cost?.value).toBeCloseTo(0.01, 12);
    expect(line(priced, 'always cheap').cost?.value).toBeCloseTo(0.002, 12);
    expect(unpriced.costUnit).toBe('relative');
    expect(line(unpriced, 'always cheap').cost?.value).toBeCloseTo(0.05, 12);
    expect(() => evaluatePolicy(rows, knowing, { ...options, prices: {} })).toThrow('has no price');
  });

  it('works without a word of any prompt', () => {
    const rows = rowsOf(200, ['small', 'large']).map((row) => ({
      ...row,
      subject: { ...row.subject, ask: '' },
    }));

    const evaluation = evaluatePolicy(rows, knowing, options);

    expect(evaluation.policies.map(({ name }) => name)).not.toContain('prompt length');
    expect(line(evaluation, 'policy').apgr?.low).toBeGreaterThan(0.6);
    expect(evaluation.gains.apgrOverLength).toBeUndefined();
  });

  it('says whose the constants are where the training rows do not know all models', () => {
    const training = rowsOf(100, ['small', 'medium'], 2);

    const evaluation = evaluatePolicy(rowsOf(100, ['small', 'large']), knowing, { ...options, training });

    expect(evaluation.chosenOn).toBe('the same rows');
    expect(evaluationText(evaluation)).toContain('No training rows know these models');
  });

  it('does not compare with a model that nobody recorded', () => {
    expect(() => evaluatePolicy(rowsOf(10, ['small', 'large']), knowing, { weak: 'tiny' })).toThrow(
      'The rows know no model "tiny"; they know large, small.',
    );
  });

  it('says what is missing where no prompt was answered by two models', () => {
    const rows = rowsOf(10, ['small', 'large']).map(
      (row, at): TrainingRow => ({
        ...row,
        outcomes: at % 2 === 0 ? { small: { score: 1 } } : { large: { score: 1 } },
      }),
    );

    expect(() => evaluatePolicy(rows, knowing, options)).toThrow('several models answered');
  });

  it('gives the same figures on every run, and prints every policy and control', () => {
    const rows = rowsOf(150, ['small', 'medium', 'large']);

    const text = evaluationText(evaluatePolicy(rows, knowing, options));

    expect(evaluationText(evaluatePolicy(rows, knowing, options))).toBe(text);
    for (const word of [
      '> policy',
      'random',
      'prompt length',
      'always cheap',
      'always strong',
      'random mix',
      'oracle',
      'ECE',
      'floor',
    ])
      expect(text).toContain(word);
    expect(text).not.toContain('NaN');
  });
});
