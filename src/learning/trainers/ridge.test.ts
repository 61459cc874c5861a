import { describe, expect, it } from 'vitest';
import { type Design, ridgePath, tell } from './ridge.ts';

/** Every column filled: small enough to be checked by its own definition. */
const designOf = (rows: readonly (readonly number[])[]): Design => {
  const columns = rows[0]?.length ?? 0;
  return {
    rows: rows.length,
    columns,
    starts: Int32Array.from({ length: rows.length + 1 }, (_, at) => at * columns),
    index: Int32Array.from({ length: rows.length * columns }, (_, at) => at % columns),
    values: Float32Array.from(rows.flat()),
  };
};

const rows = [
  [1, 0.5, -1],
  [0.25, 2, 0],
  [-1, 1, 1],
  [2, -0.5, 0.5],
  [0, 1, -2],
];
const design = designOf(rows);
const lesson = {
  rows: Int32Array.from([0, 1, 2, 3, 4]),
  targets: Float64Array.from([1, -1, 0.5, 2, 0]),
  weights: Float64Array.from([1, 0.5, 2, 1, 1]),
};

describe('ridgePath', () => {
  it.each([0.1, 1, 10, 1000])('leaves no slope at a penalty of %d', (penalty) => {
    const coefficients = ridgePath(design, lesson).coefficientsAt(penalty);

    const told = tell(design, lesson.rows, coefficients);
    const slopes = coefficients.map((coefficient, column) => {
      let slope = penalty * coefficient;
      for (const [row, values] of rows.entries())
        slope -=
          (lesson.weights[row] ?? 0) *
          ((lesson.targets[row] ?? 0) - (told[row] ?? 0)) *
          (values[column] ?? 0);
      return slope;
    });
    for (const slope of slopes) expect(slope).toBeCloseTo(0, 6);
  });

  it('says nothing where there is nothing to be told', () => {
    const coefficients = ridgePath(design, { ...lesson, targets: new Float64Array(5) }).coefficientsAt(1);

    expect(Array.from(coefficients)).toEqual([0, 0, 0]);
  });
});
