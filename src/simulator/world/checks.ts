/** What checkers read out of answers. Answers come from anywhere: nothing in them is ever run. */

/** The text in the last fenced block, else the whole answer, without white space at its ends. */
export const codeIn = (answer: string): string => {
  const fences = answer.split('```');
  if (fences.length < 3) return answer.trim();
  const block = fences[fences.length - (fences.length % 2 === 0 ? 1 : 2)] ?? '';
  const firstLine = block.indexOf('\n');
  return (firstLine < 0 ? block : block.slice(firstLine + 1)).trim();
};

/** The same but for blank lines and the white space at the ends of lines. */
export const sameCode = (left: string, right: string): boolean => plain(left) === plain(right);

const plain = (code: string): string =>
  code
    .split('\n')
    .map((each) => each.trimEnd())
    .filter(Boolean)
    .join('\n');

/** The last JSON value in an answer; undefined where there is none. */
export const jsonIn = (answer: string): unknown => {
  const code = codeIn(answer);
  for (const text of [code, code.slice(code.search(/[[{]/))]) {
    try {
      return JSON.parse(text);
    } catch {
      // prose around it: the next try begins at the first bracket
    }
  }
  return undefined;
};

/** Equal as JSON, whatever the order of keys. */
export const sameJson = (left: unknown, right: unknown): boolean => canonical(left) === canonical(right);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  ) ?? '';

/** The last number of an answer. Thousands separators are read over. */
export const lastNumber = (answer: string): number | undefined => {
  const found = answer.replace(/(\d),(?=\d{3}\b)/g, '$1').match(/-?\d+(?:\.\d+)?/g);
  return found ? Number(found.at(-1)) : undefined;
};

/** The last of these words that the answer says, as a whole word. */
export const lastOf = (answer: string, choices: readonly string[]): string | undefined => {
  let last: { at: number; choice: string } | undefined;
  for (const choice of choices) {
    const at = lastWord(answer, choice);
    if (at >= 0 && at > (last?.at ?? -1)) last = { at, choice };
  }
  return last?.choice;
};

export const says = (answer: string, words: string): boolean =>
  lastWord(answer.toLowerCase(), words.toLowerCase()) >= 0;

const lastWord = (text: string, word: string): number => {
  for (let at = text.lastIndexOf(word); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(word, at - 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\p{L}\d_]/u.test(before) && !/[\p{L}\d_]/u.test(after)) return at;
  }
  return -1;
};

export const wordCount = (text: string): number => text.split(/\s+/).filter(Boolean).length;
