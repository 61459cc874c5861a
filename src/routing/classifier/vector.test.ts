import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleFeatures } from '../../testing/sample-features.ts';
import { shapeNames } from './structure.ts';
import { bucketCount, readVector } from './vector.ts';

/** What is read is good until the next one: kept here as plain data, in the order of buckets. */
const read = (ask: string) => {
  const { buckets, counts, count, wordCount, structure } = readVector({
    ask,
    features: sampleFeatures(),
    route: '',
    agent: '',
    tags: {},
  });
  const words = Array.from({ length: count }, (_, at): [number, number] => [
    buckets[at] ?? 0,
    counts[at] ?? 0,
  ]);
  return {
    words: words.sort(([left], [right]) => left - right),
    wordCount,
    structure: Array.from(structure),
  };
};

const shape = (ask: string, name: (typeof shapeNames)[number]): number =>
  read(ask).structure[shapeNames.indexOf(name)] ?? Number.NaN;

describe('readVector', () => {
  const question = 'Which of these is the boiling point of water?';

  it('is the same in whatever order options stand', () => {
    const one = read(`${question}\nA. 100 degrees\nB. zero degrees\nC. it has none`);
    const other = read(`${question}\nA. it has none\nB. 100 degrees\nC. zero degrees`);

    expect(one.words).toEqual(other.words);
    for (const [at, value] of one.structure.entries())
      expect(value).toBeCloseTo(other.structure[at] ?? 0, 10);
  });

  it('does not see by which sign options are lettered', () => {
    expect(read(`${question}\nA. red\nB. blue`).words).toEqual(read(`${question}\n(c) red\n(d) blue`).words);
  });

  it('does not see capitals in words, nor the figures of numbers', () => {
    expect(read('Add THE numbers 12 and 345').words).toEqual(read('add the Numbers 98 and 671').words);
  });

  it('reads options, numbers and blanks as shape', () => {
    const ask = `${question}\nA. 100\nB. 37.5`;

    expect(shape(ask, 'options')).toBe(2);
    expect(shape(ask, 'numeric-options')).toBe(1);
    expect(shape(ask, 'question-marks')).toBe(1);
    expect(shape('He went to the ___ yesterday', 'blanks')).toBe(3);
  });

  it.each([
    ['Chinese', '证明根号二是无理数'],
    ['Arabic', 'أثبت أن جذر اثنين عدد غير نسبي'],
    ['Hindi', 'सिद्ध कीजिए कि दो का वर्गमूल अपरिमेय है'],
    ['Russian', 'Докажите, что корень из двух иррационален'],
  ])('finds words in %s', (_, ask) => {
    expect(read(ask).wordCount).toBeGreaterThanOrEqual(5);
  });

  it('knows no shape of words that were not kept', () => {
    const { words, structure } = read('');

    expect(words).toEqual([]);
    expect(structure.slice(0, shapeNames.length).every(Number.isNaN)).toBe(true);
    expect(structure.slice(shapeNames.length).some(Number.isNaN)).toBe(false);
  });

  it('reads the beginning and the end of a very long ask', () => {
    const filler = 'lorem ipsum dolor '.repeat(20_000);

    const first = new Set(read(`zymurgy ${filler}`).words.map(([bucket]) => bucket));
    const plain = read(filler).words.map(([bucket]) => bucket);
    const last = read(`${filler} quokka`).words.map(([bucket]) => bucket);

    expect(first.size).toBeGreaterThan(plain.length);
    expect(last.length).toBeGreaterThan(plain.length);
  });

  it('holds for any text: buckets in range and each once, numbers finite', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (ask) => {
        const { words, wordCount, structure } = read(ask);

        expect(new Set(words.map(([bucket]) => bucket)).size).toBe(words.length);
        expect(wordCount).toBeLessThanOrEqual(words.length);
        for (const [bucket, count] of words) {
          expect(bucket).toBeLessThan(bucketCount);
          expect(count).toBeGreaterThan(0);
        }
        if (ask !== '') expect(structure.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('reads the same text the same, whatever was read before', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (ask, before) => {
        const first = read(ask);
        read(before);

        expect(read(ask)).toEqual(first);
      }),
    );
  });
});
