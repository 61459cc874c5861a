import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingText, foldEmbedding, mostEmbeddingColumns } from './embedding.ts';

const number = fc.double({ min: -10, max: 10, noNaN: true });
const vector = (length: number) =>
  fc.array(number, { minLength: length, maxLength: length }).filter((values) => Math.hypot(...values) > 0.01);

const dot = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);

describe('an embedding in few columns', () => {
  it('is itself at length 1 where it is short', () => {
    fc.assert(
      fc.property(vector(16), (values) => {
        const folded = foldEmbedding(values) ?? [];

        expect(folded).toHaveLength(16);
        expect(dot(folded, folded)).toBeCloseTo(1, 5);
        expect(dot(folded, values)).toBeCloseTo(Math.hypot(...values), 3);
      }),
    );
  });

  it('does not depend on how long it was made', () => {
    fc.assert(
      fc.property(vector(200), fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
        const [one, other] = [foldEmbedding(values), foldEmbedding(values.map((value) => value * factor))];

        for (const [at, value] of (one ?? []).entries()) expect(other?.[at]).toBeCloseTo(value, 5);
      }),
    );
  });

  it('uses every column, and keeps what is alike alike and what is apart apart', () => {
    const random = Array.from({ length: 40 }, (_, row) =>
      Array.from({ length: 1536 }, (_, at) => Math.sin((row + 1) * 12.9898 * (at + 1)) * 1e3 - 0.5).map(
        (value) => value - Math.floor(value) - 0.5,
      ),
    );
    const folded = random.map((values) => foldEmbedding(values) as Float32Array);
    const near = random.map(
      (values, row) =>
        foldEmbedding(
          values.map((value, at) => value + 0.2 * (random[(row + 1) % 40]?.[at] ?? 0)),
        ) as Float32Array,
    );
    const likeness = (left: Float32Array, right: Float32Array): number =>
      dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));

    const columns = new Set(folded.flatMap((values) => [...values.keys()].filter((at) => values[at] !== 0)));
    const alike = folded.map((values, row) => likeness(values, near[row] as Float32Array));
    const apart = folded.map((values, row) =>
      Math.abs(likeness(values, folded[(row + 7) % 40] as Float32Array)),
    );

    expect(columns.size).toBe(mostEmbeddingColumns);
    expect(Math.min(...alike)).toBeGreaterThan(0.9);
    expect(apart.reduce((sum, value) => sum + value, 0) / 40).toBeLessThan(0.25);
  });

  it('is what it was when policies were trained: other columns would be other features', () => {
    const folded = foldEmbedding(Array.from({ length: 1536 }, (_, at) => ((at * 37) % 101) - 50)) ?? [];

    expect([...folded.slice(0, 4)].map((value) => value.toFixed(4))).toEqual([
      '-0.2423',
      '0.1890',
      '0.0079',
      '-0.0682',
    ]);
  });

  it.each([[[]], [[0, 0]], [[Number.NaN, 1]], [[Infinity]]])('is none of %j', (values) => {
    expect(foldEmbedding(values)).toBeUndefined();
  });
});

describe('what of an ask is embedded', () => {
  it('is all of a short one, and beginning and end of a long one', () => {
    const long = `${'a'.repeat(5000)}${'b'.repeat(5000)}`;

    expect(embeddingText('short')).toBe('short');
    expect(embeddingText(long)).toBe(`${'a'.repeat(4096)}\n${'b'.repeat(1024)}`);
  });

  it('is always text, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(embeddingText(`${text}${'😀'.repeat(4000)}`).isWellFormed()).toBe(true);
      }),
    );
  });
});
