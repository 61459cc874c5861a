import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossFolds, foldsOf, halvesOf } from './folds.ts';

const rowsOf = (groups: readonly string[]) => groups.map((group, at) => ({ group, id: `${at}` }));

describe('folds', () => {
  it('never part a group, and lose no row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 5 }),
        (groups, count) => {
          const folds = foldsOf(rowsOf(groups), count, { seed: 3 });

          expect(folds.flat()).toHaveLength(groups.length);
          for (const group of new Set(groups))
            expect(folds.filter((fold) => fold.some((row) => row.group === group))).toHaveLength(1);
        },
      ),
    );
  });

  it('are the same whatever the order of the rows, and others for another seed', () => {
    const rows = rowsOf(Array.from({ length: 100 }, (_, at) => `group ${at}`));
    const ids = (seed: number, given = rows) =>
      halvesOf(given, { seed })[0]
        .map(({ id }) => id)
        .sort();

    expect(ids(1, rows.toReversed())).toEqual(ids(1));
    expect(ids(2)).not.toEqual(ids(1));
  });

  it('give each fold its share of every stratum', () => {
    const rows = rowsOf(Array.from({ length: 100 }, (_, at) => `group ${at}`)).map((row, at) => ({
      ...row,
      kind: at < 10 ? 'rare' : 'usual',
    }));

    const folds = foldsOf(rows, 5, { seed: 1, stratum: ({ kind }) => kind });

    expect(folds.map((fold) => fold.filter(({ kind }) => kind === 'rare').length)).toEqual([2, 2, 2, 2, 2]);
    expect(folds.map((fold) => fold.length)).toEqual([20, 20, 20, 20, 20]);
  });

  it('train on all but the fold that is tested', () => {
    const folds = foldsOf(rowsOf(['a', 'b', 'c', 'd', 'e', 'f']), 3, { seed: 1 });

    for (const { training, test } of crossFolds(folds)) {
      expect(training).toHaveLength(4);
      expect(training.some((row) => test.includes(row))).toBe(false);
    }
  });
});
