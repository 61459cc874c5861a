import { emptyHash, hashWith } from '../../kit/hash.ts';
import {
  nounClasses,
  nounNames,
  questionNames,
  questionWords,
  type Trait,
  traitNames,
  traitWords,
  verbClasses,
  verbNames,
} from './lexicon.ts';

/** All that is known of one word: its verb and question by their place in the lexicon, nouns and traits as bits. */
export interface WordSense {
  readonly verb: number;
  readonly question: number;
  readonly nouns: number;
  readonly traits: number;
}

export const noClass = -1;
export const unknownWord: WordSense = { verb: noClass, question: noClass, nouns: 0, traits: 0 };

export const traitBit = (trait: Trait): number => 1 << traitNames.indexOf(trait);

/** Whether a word begins with this unit. */
export const opensWord = (unit: number): boolean => {
  const letter = letters[unit] ?? 0;
  return letter !== 0 && letter < inside;
};

/**
 * The sense of the word that begins at `cursor.at`, in any case, in the plural too; moves the cursor behind it.
 * The text ends in something that is part of no word. No string is made.
 */
export const readWord = (units: Uint16Array, cursor: { at: number }): WordSense => {
  const from = cursor.at;
  let at = from;
  let letter = letters[units[at] ?? 0] ?? 0;
  let last = 0;
  let lastButOne = 0;
  let hash = emptyHash;
  let withoutLast = emptyHash;
  let withoutLastTwo = emptyHash;
  do {
    withoutLastTwo = withoutLast;
    withoutLast = hash;
    hash = hashWith(hash, letter);
    lastButOne = last;
    last = letter;
    at++;
    letter = letters[units[at] ?? 0] ?? 0;
  } while (letter !== 0 && (letter < joint || opensWord(units[at + 1] ?? 0)));
  cursor.at = at;
  const known = senseAt(hash);
  if (known || at - from < 4 || last !== letterS) return known ?? unknownWord;
  const singular = senseAt(withoutLast);
  if (singular || lastButOne !== letterE) return singular ?? unknownWord;
  return senseAt(withoutLastTwo) ?? unknownWord;
};

const letterE = 0x65;
const letterS = 0x73;
/** Signs that are part of a word but not its beginning: + and #. */
const inside = 0x80;
/** Signs between two parts of a word: ' - _ ; and the curly apostrophe. */
const joint = 0xc0;
/** Letters of which only this is known: no word of the lexicon has one. */
const foreign = 1;

/** For every code unit: what it counts as in a word, small letters for capitals; 0 for what is part of none. */
const letters = new Uint8Array(0x1_0000).fill(foreign, 0xc0, 0x2000);
letters[0xd7] = 0;
for (const letter of '0123456789abcdefghijklmnopqrstuvwxyz') {
  letters[letter.charCodeAt(0)] = letter.charCodeAt(0);
  letters[letter.toUpperCase().charCodeAt(0)] = letter.charCodeAt(0);
}
for (const [index, sign] of [...'+#'].entries()) letters[sign.charCodeAt(0)] = inside + index;
for (const [index, sign] of [..."'-_;’"].entries()) letters[sign.charCodeAt(0)] = joint + index;

const hashOf = (word: string): number => {
  let hash = emptyHash;
  for (let at = 0; at < word.length; at++) hash = hashWith(hash, letters[word.charCodeAt(at)] ?? 0);
  return hash;
};

/** Two words of four billion have the same hash; what is found is not compared letter by letter. */
const senseAt = (hash: number): WordSense | undefined => {
  for (let slot = hash & lastSlot; ; slot = (slot + 1) & lastSlot) {
    const sense = senses[slot];
    if (!sense || hashes[slot] === hash) return sense;
  }
};

type Draft = { -readonly [Key in keyof WordSense]: WordSense[Key] };

const readLexicon = (): ReadonlyMap<string, WordSense> => {
  const drafts = new Map<string, Draft>();
  const each = (list: string, note: (draft: Draft) => void) => {
    for (const word of list.split(' ')) {
      const draft = drafts.get(word) ?? { ...unknownWord };
      note(draft);
      drafts.set(word, draft);
    }
  };
  // a verb listed in two classes belongs to the first
  for (const [index, name] of verbNames.entries())
    each(verbClasses[name], (draft) => {
      if (draft.verb === noClass) draft.verb = index;
    });
  for (const [index, name] of nounNames.entries())
    each(nounClasses[name], (draft) => {
      draft.nouns |= 1 << index;
    });
  for (const [index, name] of questionNames.entries())
    each(questionWords[name], (draft) => {
      draft.question = index;
    });
  for (const name of traitNames)
    each(traitWords[name], (draft) => {
      draft.traits |= traitBit(name);
    });
  return drafts;
};

const lexicon = readLexicon();
const lastSlot = 0xfff;
const hashes = new Int32Array(lastSlot + 1);
const senses: (WordSense | undefined)[] = Array.from({ length: lastSlot + 1 });
for (const [word, sense] of lexicon) {
  const hash = hashOf(word);
  let slot = hash & lastSlot;
  while (senses[slot]) slot = (slot + 1) & lastSlot;
  hashes[slot] = hash;
  senses[slot] = sense;
}
