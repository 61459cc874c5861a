import { describe, expect, it } from 'vitest';
import { createRandom } from '../../simulator/chance.ts';
import { fitLevel } from './level.ts';
import { type Design, tell } from './ridge.ts';

const rowCount = 240;
const folds = 4;
const kinds = 6;
const words = 40;
const random = createRandom('level');
const kindOf = Int32Array.from({ length: rowCount }, (_, row) => row % kinds);
const foldOf = Int32Array.from({ length: rowCount }, (_, row) => Math.floor(row / kinds) % folds);

/** Words by chance, and behind them the name of the row's kind. */
const design: Design = (() => {
  const width = 9;
  const index = new Int32Array(rowCount * width);
  const values = new Float32Array(rowCount * width);
  for (let row = 0; row < rowCount; row += 1)
    for (let at = 0; at < width; at += 1) {
      const isName = at === width - 1;
      index[row * width + at] = isName ? words + (kindOf[row] ?? 0) : Math.floor(random.next() * words);
      values[row * width + at] = isName ? 1 : 0.35;
    }
  return {
    rows: rowCount,
    columns: words + kinds,
    names: kinds,
    starts: Int32Array.from({ length: rowCount + 1 }, (_, row) => row * width),
    index,
    values,
  };
})();

const all = Int32Array.from({ length: rowCount }, (_, row) => row);
const lessonOf = (target: (row: number) => number) => ({
  rows: all,
  targets: Float64Array.from(all, target),
  weights: new Float64Array(rowCount).fill(1),
});
const noise = Float64Array.from(all, () => random.next() - 0.5);
const ofKinds = lessonOf((row) => ((kindOf[row] ?? 0) % 2 === 0 ? 0.4 : -0.4) + (noise[row] ?? 0));

const meanSquare = (told: Float64Array): number =>
  told.reduce((sum, value, row) => sum + (value - (ofKinds.targets[row] ?? 0)) ** 2, 0) / rowCount;

const { names: _, ...unnamed } = design;

describe('fitLevel', () => {
  it('tells more on rows held out where names are known to be names and tell nearly all', () => {
    const named = fitLevel(design, [ofKinds], foldOf, folds);
    const plain = fitLevel(unnamed, [ofKinds], foldOf, folds);

    expect(meanSquare(named.heldOut[0] as Float64Array)).toBeLessThan(
      meanSquare(plain.heldOut[0] as Float64Array),
    );
  });

  it('gives weights for the columns as they are, however loud names were', () => {
    const { coefficients } = fitLevel(design, [ofKinds], foldOf, folds);

    const told = tell(design, all, coefficients[0] as Float64Array);
    const mean = (isEven: boolean): number => {
      const mine = Array.from(all).filter((row) => ((kindOf[row] ?? 0) % 2 === 0) === isEven);
      return mine.reduce((sum, row) => sum + (told[row] ?? 0), 0) / mine.length;
    };
    expect(mean(true)).toBeGreaterThan(0.25);
    expect(mean(true)).toBeLessThan(0.5);
    expect(mean(false)).toBeLessThan(-0.25);
  });

  it('leaves names as loud as all else where words tell as much', () => {
    const byWords = lessonOf((row) => ((design.index[row * 9] ?? 0) < words / 2 ? 0.3 : -0.3));

    expect(fitLevel(design, [byWords], foldOf, folds)).toEqual(fitLevel(unnamed, [byWords], foldOf, folds));
  });

  it('says nothing where nothing helps on rows held out', () => {
    const turning = lessonOf((row) =>
      (foldOf[row] ?? 0) === (kindOf[row] ?? 0) % folds ? 1 : -1 / (folds - 1),
    );

    const { penalty, coefficients } = fitLevel(design, [turning], foldOf, folds);

    expect(penalty).toBe(Infinity);
    expect(coefficients).toEqual([undefined]);
  });
});
