import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Tier } from '../core/model.ts';
import { routeSchema } from '../routing/route.ts';
import { knowingPredictor, knownRows } from './known-rows.cases.ts';
import { type TaskVerdict, type Tuning, tuneMid } from './tune.ts';
import { tuningSnippet, tuningText } from './tune-text.ts';
import { holm, pairedDifference, rowsToShow } from './tune-verdict.ts';

const tiersOf: Readonly<Record<string, Tier>> = {
  small: 'light',
  medium: 'mid',
  other: 'mid',
  large: 'frontier',
};
const options = {
  margin: 0.05,
  tier: 'mid',
  tierOf: (model: string) => tiersOf[model],
  resamples: 200,
} as const;
const costs = { small: 0.001, medium: 0.002, other: 0.004, large: 0.03 };
const chances = {
  coding: { small: 0.5, medium: 0.94, other: 0.94, large: 0.95 },
  maths: { small: 0.2, medium: 0.5, other: 0.55, large: 0.9 },
  'ticket triage': { small: 0.9, medium: 0.97, other: 0.6, large: 0.97 },
};

const verdictOf = ({ tasks }: Tuning, task: string): TaskVerdict | undefined =>
  tasks.find((verdict) => verdict.task === task);

describe('tuning the mid tier', () => {
  const tuning = tuneMid(knownRows(4500, chances, { costs }), undefined, options);

  it('shows where a mid model is within the margin, and at what price ratio', () => {
    expect(verdictOf(tuning, 'coding')).toMatchObject({ model: 'medium', verdict: 'shown' });
    expect(verdictOf(tuning, 'coding')?.priceRatio.value).toBeCloseTo(15, 6);
    expect(verdictOf(tuning, 'ticket triage')).toMatchObject({ model: 'medium', verdict: 'shown' });
  });

  it('says where it is worse', () => {
    expect(verdictOf(tuning, 'maths')).toMatchObject({ model: 'other', verdict: 'worse' });
  });

  it('tells both figures of the whole allocation on rows that chose nothing', () => {
    const { proposal, chosenOn, reportedOn } = tuning;

    expect(chosenOn + reportedOn).toBe(4500);
    expect(proposal.difference.low).toBeGreaterThan(-0.05);
    expect(proposal.saving.value).toBeCloseTo((2 / 3) * (1 - 1 / 15), 2);
  });

  it('proposes rules that the configuration takes: by task where it is known, else by tag', () => {
    const { rules } = parse(tuningSnippet(tuning));

    expect(routeSchema.parse({ strategy: { type: 'rules', rules } })).toBeTruthy();
    expect(rules).toEqual([
      { name: 'coding to the mid tier', when: { task: ['coding'] }, use: 'medium' },
      { name: 'ticket triage to the mid tier', when: { tag: { task: 'ticket triage' } }, use: 'medium' },
    ]);
  });

  it('shows nothing of few rows, and says how many it would take', () => {
    const few = tuneMid(knownRows(180, chances, { costs }), undefined, { ...options, margin: 0.02 });

    const coding = verdictOf(few, 'coding');
    expect(coding?.verdict).toBe('not-shown');
    expect(tuningSnippet(few)).toContain('rules: []');
    expect(tuningText(few)).toContain('not shown');
    expect(tuneMid(knownRows(90, chances), undefined, options).tasks).toEqual([]);
  });

  it('says nothing false in more than one of twenty worlds in which nothing is within the margin', () => {
    const bad = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`task ${at}`, { medium: 0.85, large: 0.9 }]),
    );
    let shown = 0;
    for (let seed = 1; seed <= 60; seed += 1)
      if (
        tuneMid(knownRows(1600, bad, { seed }), undefined, { ...options, seed, resamples: 1 }).tasks.some(
          ({ verdict }) => verdict === 'shown',
        )
      )
        shown += 1;

    expect(shown).toBeLessThanOrEqual(5);
  });

  it('lets a predictor speak for tasks on which the choosing half has few rows', () => {
    const rows = knownRows(150, { coding: { medium: 0.7, other: 0.94, large: 0.95 } }, { costs });

    const helped = tuneMid(
      rows,
      knowingPredictor({ coding: { medium: 0.95, other: 0.2, large: 0.95 } }),
      options,
    );

    expect(helped.tasks.map(({ model }) => model)).not.toEqual([]);
    expect(helped).toEqual(
      tuneMid(rows, knowingPredictor({ coding: { medium: 0.95, other: 0.2, large: 0.95 } }), options),
    );
  });

  it('prints every task with both figures', () => {
    const text = tuningText(tuning);

    for (const words of ['coding', 'worse than that', 'shown', 'times cheaper', 'routes.auto.strategy'])
      expect(text).toContain(words);
    expect(text).not.toContain('NaN');
  });

  it('asks for a frontier to compare with', () => {
    expect(() => tuneMid(knownRows(100, chances), undefined, { ...options, tierOf: () => 'mid' })).toThrow(
      'frontier',
    );
  });
});

describe('paired differences', () => {
  it('are not certain of rows on which nobody differed', () => {
    const none = pairedDifference(
      new Array(30).fill(0),
      Array.from({ length: 30 }, (_, at) => `${at}`),
    );

    expect(none.value).toBe(0);
    expect(none.low).toBeLessThan(-0.05);
  });

  it('know less of few groups than of many', () => {
    const differences = Array.from({ length: 60 }, (_, at) => (at < 20 ? -1 : 0));

    const alone = pairedDifference(
      differences,
      differences.map((_, at) => `${at}`),
    );
    const grouped = pairedDifference(
      differences,
      differences.map((_, at) => `${Math.floor(at / 10)}`),
    );

    expect(grouped.error).toBeGreaterThan(1.5 * alone.error);
  });

  it('need more rows the closer the margin is, and none would do beyond it', () => {
    const difference = pairedDifference(
      Array.from({ length: 200 }, (_, at) => [1, -1, 0, 0, 0][at % 5] ?? 0),
      Array.from({ length: 200 }, (_, at) => `${at}`),
    );

    expect(rowsToShow(difference, 0.02, 3)).toBeGreaterThan(rowsToShow(difference, 0.05, 3) ?? Infinity);
    expect(rowsToShow({ ...difference, value: -0.06 }, 0.05, 3)).toBeUndefined();
  });
});

describe('Holm', () => {
  it('multiplies the smallest chance by all claims, the next by one less, and keeps their order', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });

  it('never lowers a chance', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (chances) => {
        for (const [at, adjusted] of holm(chances).entries()) {
          expect(adjusted).toBeGreaterThanOrEqual(chances[at] ?? 0);
          expect(adjusted).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
