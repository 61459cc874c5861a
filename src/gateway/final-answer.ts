/** What an answer comes to, where that is a number or one of some options. */
export interface FinalAnswer {
  /** "1200", "50%", "B". */
  readonly value: string;
  /** The word behind a number, "" without one. */
  readonly unit: string;
}

/** Reasons come before answers: the end of a text says what it comes to. */
const endChars = 400;
/** So short a text is nothing but its answer. */
const shortChars = 40;

/** Written one way ("$1,200.0" is "1200"); undefined where an answer does not say it plainly, or comes to something else. */
export const finalAnswerOf = (text: string): FinalAnswer | undefined => {
  const plain = text
    .slice(-2 * endChars)
    .replaceAll('**', '')
    .replaceAll('$', '')
    .trim();
  const end = plain.slice(-endChars);
  const stated =
    /\\boxed\{([^{}]{1,60})\}[^{}]*$/.exec(end)?.[1] ??
    /####\s{0,5}([^\n]{1,60})$/.exec(end)?.[1] ??
    lastStated(end);
  if (stated !== undefined) return answerIn(stated);
  return text.length <= shortChars ? answerIn(plain) : undefined;
};

/** One says how much, the other may leave out of what. */
export const isSameFinal = (a: FinalAnswer, b: FinalAnswer): boolean =>
  a.value === b.value && (a.unit === b.unit || a.unit === '' || b.unit === '');

/** After the last "answer is" or "answer:". */
const lastStated = (end: string): string | undefined => {
  let stated: string | undefined;
  for (const match of end.matchAll(/\banswer(?: is:?| ?[:=])\s{0,5}([^\n]{1,60})/gi)) stated = match[1];
  return stated;
};

const answerIn = (words: string): FinalAnswer | undefined => {
  const said = words.trim();
  // "E. coli" is no option
  const option = /^\(?([A-Ha-h])\)?\.?$/.exec(said)?.[1] ?? /^\(?([A-Ha-h])\)\s/.exec(said)?.[1];
  if (option !== undefined) return { value: option.toUpperCase(), unit: '' };
  const numbers = [...said.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)];
  const [first] = numbers;
  if (!first || numbers.length > 1) return undefined;
  const number = Number(first[0].replaceAll(',', ''));
  if (!Number.isFinite(number)) return undefined;
  const after = said.slice(first.index + first[0].length);
  const unit = /^\s?(\p{L}+)/u.exec(after)?.[1] ?? '';
  return { value: `${number}${after.trimStart().startsWith('%') ? '%' : ''}`, unit: unit.toLowerCase() };
};
