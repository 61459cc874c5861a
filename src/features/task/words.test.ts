import { describe, expect, it } from 'vitest';
import { createCodeUnits } from '../code-units.ts';
import { nounClasses, nounNames, traitNames, traitWords, verbClasses, verbNames } from './lexicon.ts';
import { readWord, traitBit, unknownWord, type WordSense } from './words.ts';

const { units, read } = createCodeUnits(100);

const senseOfWord = (word: string): WordSense => {
  read(word, 0, word.length);
  return readWord(units, { at: 0 });
};

describe('the senses of words', () => {
  it('finds every word of the lexicon in all its classes', () => {
    for (const [index, name] of nounNames.entries())
      for (const noun of nounClasses[name].split(' '))
        expect(senseOfWord(noun).nouns & (1 << index), noun).not.toBe(0);
    for (const trait of traitNames)
      for (const word of traitWords[trait].split(' '))
        expect(senseOfWord(word).traits & traitBit(trait), word).not.toBe(0);
    for (const [index, name] of verbNames.entries())
      for (const verb of verbClasses[name].split(' ')) {
        expect(senseOfWord(verb).verb, verb).toBeGreaterThanOrEqual(0);
        expect(senseOfWord(verb).verb, verb).toBeLessThanOrEqual(index);
      }
  });

  it('has a bit for every class', () => {
    for (const names of [verbNames, nounNames, traitNames]) expect(names.length).toBeLessThan(32);
  });

  it('finds words in capitals and in the plural', () => {
    expect(senseOfWord('Translate')).toBe(senseOfWord('translate'));
    expect(senseOfWord('DOCKER')).toBe(senseOfWord('docker'));
    expect(senseOfWord('theorems')).toBe(senseOfWord('theorem'));
    expect(senseOfWord('compresses')).toBe(unknownWord);
    expect(senseOfWord('regexes')).toBe(senseOfWord('regex'));
  });

  it.each([
    ['fix it', 3],
    ["don't stop", 5],
    ['c++, c#', 3],
    ['end-to-end.', 10],
    ['tl;dr', 5],
    ['stop; go', 4],
    ['dash- dash', 4],
    ['naïve', 5],
  ])('knows where the first word of "%s" ends', (text, end) => {
    const cursor = { at: 0 };
    read(text, 0, text.length);
    readWord(units, cursor);

    expect(cursor.at).toBe(end);
  });

  it.each(['zebra', 'translat', 'translatee', 'übersetze', '翻译', 's', 'es', 'x'.repeat(90)])(
    'knows nothing of "%s"',
    (word) => {
      const { verb, nouns, question } = senseOfWord(word);

      expect({ verb, nouns, question }).toEqual({ verb: -1, nouns: 0, question: -1 });
    },
  );
});
