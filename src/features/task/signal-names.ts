import { nounNames, questionNames, verbNames } from './lexicon.ts';

const names: string[] = [];
/** Numbers the names on from the last; returns the number of the first. */
const number = (...list: readonly string[]): number => names.push(...list) - list.length;

const verbs = verbNames as readonly string[];
const questions = questionNames.map((name) => `${name}?`);

/** How many words an ask has at most; above the last it is `more`. */
export const lengthBounds: readonly number[] = [2, 5, 10, 20, 50, 150];

/** What opens the first order or question, by its place in the names of pairs: a verb, a question, or neither. */
export const openerOf = (verb: number, question: number): number => {
  if (question >= 0) return verbs.length + question;
  return verb >= 0 ? verb : verbs.length + questions.length;
};

/**
 * The numbers of all signals. Where a signal comes in kinds (one for each verb, noun …) it is the number of
 * the first; the others follow in the order of the lexicon. Pairs follow opener by opener.
 */
export const signal = {
  always: number('always'),
  length: number(...[...lengthBounds, 'more'].map((bound) => `length:${bound}`)),
  fence: number('shape:fence'),
  mostlyCode: number('shape:mostly-code'),
  someCode: number('shape:some-code'),
  onlyCode: number('shape:only-code'),
  body: number('shape:body'),
  list: number('shape:list'),
  options: number('shape:options'),
  sentences: number('shape:sentences'),
  oneSentence: number('shape:one-sentence'),
  noHead: number('head:none'),
  lateHead: number('head:late'),
  mainVerb: number(...verbs.map((verb) => `main:${verb}`)),
  mainQuestion: number(...questions.map((question) => `main:${question}`)),
  mainOther: number('main:?'),
  mainAmount: number('main:how-many'),
  alsoVerb: number(...verbs.map((verb) => `also:${verb}`)),
  alsoQuestion: number(...questions.map((question) => `also:${question}`)),
  alsoOther: number('also:?'),
  alsoAmount: number('also:how-many'),
  asks: number(...verbs.map((verb) => `asks:${verb}`)),
  about: number(...nounNames.map((noun) => `about:${noun}`)),
  near: number(...nounNames.map((noun) => `near:${noun}`)),
  pair: number(
    ...[...verbs, ...questions, '?'].flatMap((opener) => nounNames.map((noun) => `${opener}>${noun}`)),
  ),
  latex: number('marks:latex'),
  equation: number('marks:equation'),
  number: number('marks:number'),
  numbers: number('marks:numbers'),
  operator: number('marks:operator'),
  operators: number('marks:operators'),
  formula: number('marks:formula'),
  formulas: number('marks:formulas'),
  diff: number('marks:diff'),
  trace: number('marks:trace'),
  openEnd: number('marks:open-end'),
  signature: number('marks:signature'),
  blank: number('marks:blank'),
  hole: number('marks:hole'),
  quote: number('marks:quote'),
  inlineCode: number('marks:inline-code'),
  unread: number('language:unread'),
  noFunctionWords: number('language:no-function-words'),
} as const;

/** Every signal's name by its number, as the weights file writes it: "main:fix", "write>test", "marks:trace". */
export const signalNames: readonly string[] = names;

const numbers: ReadonlyMap<string, number> = new Map(names.map((name, index) => [name, index]));

/** The numbers of some names; a name that no signal has is a slip of ours. */
export const signalsNamed = (list: readonly string[]): readonly number[] =>
  list.map((name) => {
    const found = numbers.get(name);
    if (found === undefined) throw new RangeError(`No signal is called "${name}".`);
    return found;
  });
