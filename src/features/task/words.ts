import {
  courtesies,
  functionWords,
  type NounClass,
  nounClasses,
  nounNames,
  questionNames,
  questionWords,
  type VerbClass,
  verbClasses,
  verbNames,
} from './lexicon.ts';

/** All that is known of one word, as numbers of classes. */
export interface WordSense {
  readonly verb: number;
  readonly nouns: readonly number[];
  readonly question: number;
  readonly isCourtesy: boolean;
  readonly isFunction: boolean;
}

/** Looks a lower-case word up, its plural too; undefined for a word that says nothing to us. */
export const senseOf = (word: string): WordSense | undefined => {
  const known = senses.get(word);
  if (known || word.length < 4 || !word.endsWith('s')) return known;
  return senses.get(word.slice(0, -1)) ?? (word.endsWith('es') ? senses.get(word.slice(0, -2)) : undefined);
};

type Draft = { -readonly [Key in keyof WordSense]: WordSense[Key] };

const build = (): ReadonlyMap<string, WordSense> => {
  const drafts = new Map<string, Draft>();
  const each = (list: string, note: (draft: Draft) => void) => {
    for (const word of list.split(' ')) {
      const draft = drafts.get(word) ?? {
        verb: -1,
        nouns: [],
        question: -1,
        isCourtesy: false,
        isFunction: false,
      };
      note(draft);
      drafts.set(word, draft);
    }
  };
  // a verb listed in two classes belongs to the first
  for (const [index, name] of verbNames.entries())
    each(verbClasses[name as VerbClass], (draft) => {
      if (draft.verb < 0) draft.verb = index;
    });
  for (const [index, name] of nounNames.entries())
    each(nounClasses[name as NounClass], (draft) => {
      if (!draft.nouns.includes(index)) draft.nouns = [...draft.nouns, index];
    });
  for (const [index, name] of questionNames.entries())
    each(questionWords[name], (draft) => {
      draft.question = index;
    });
  each(courtesies, (draft) => {
    draft.isCourtesy = true;
  });
  each(functionWords, (draft) => {
    draft.isFunction = true;
  });
  return drafts;
};

const senses = build();
