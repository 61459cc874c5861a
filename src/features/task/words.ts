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

/** Looks up the word between two places, in any case, its plural too. No string is made of it. */
export const senseOf = (units: Uint16Array, from: number, to: number): WordSense => {
  const length = to - from;
  if (length > longest) return unknownWord;
  let hash = basis;
  let withoutLast = basis;
  let withoutLastTwo = basis;
  for (let at = from; at < to; at++) {
    withoutLastTwo = withoutLast;
    withoutLast = hash;
    hash = hashWith(hash, units[at] ?? 0);
  }
  const known = senseAt(hash);
  if (known || length < 4 || !isLetter(units[to - 1], letterS)) return known ?? unknownWord;
  const singular = senseAt(withoutLast);
  if (singular || !isLetter(units[to - 2], letterE)) return singular ?? unknownWord;
  return senseAt(withoutLastTwo) ?? unknownWord;
};

const letterE = 0x65;
const letterS = 0x73;

const isLetter = (code: number | undefined, letter: number): boolean => ((code ?? 0) | 0x20) === letter;

const basis = 0x811c9dc5 | 0;

/** FNV-1a over lower case. */
const hashWith = (hash: number, code: number): number =>
  Math.imul(hash ^ (code >= 0x41 && code <= 0x5a ? code | 0x20 : code), 0x01000193);

const hashOf = (word: string): number => {
  let hash = basis;
  for (let at = 0; at < word.length; at++) hash = hashWith(hash, word.charCodeAt(at));
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
const longest = Math.max(...[...lexicon.keys()].map(({ length }) => length)) + 2;
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
