/**
 * JSON.parse, but whole numbers that a float would bend keep their digits when they are written again: they
 * are then raw JSON, and no numbers. For what is handed on, like the arguments of a tool.
 */
export const parseExact = (text: string): unknown =>
  longDigits.test(text) ? JSON.parse(text, exact) : JSON.parse(text);

/** Where a number can begin: ids in texts are full of digits, and would cost everybody the slow way. */
const longDigits = /[\s:,[]-?\d{16}/;
const whole = /^-?\d{16,}$/;

const exact = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  // the text as a whole has no key, and stays what it is
  typeof value === 'number' && key !== '' && context?.source !== undefined && whole.test(context.source)
    ? rawJson(context.source)
    : value;

/**
 * JSON.parse, and what whole numbers that a float bends were written as is known to `exactText`. The numbers
 * are numbers: for what is read, and only in parts handed on.
 */
export const parseNoting = (text: string): unknown => JSON.parse(text, noting);

/** JSON.stringify, with the digits that the numbers had when they were read by `parseNoting`. */
export const exactText = (value: object): string => {
  const text = JSON.stringify(value);
  return maybeBent.test(text) ? JSON.stringify(value, asWritten) : text;
};

const maybeBent = /\d{16}|\de\+/;

/** By the object or list that holds a number: its text by its key. */
const written = new WeakMap<object, Map<string, string>>();

function noting(this: object, key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || !whole.test(source)) return value;
  const texts = written.get(this) ?? new Map<string, string>();
  written.set(this, texts.set(key, source));
  return value;
}

function asWritten(this: object, key: string, value: unknown): unknown {
  const source = written.get(this)?.get(key);
  return source === undefined ? value : rawJson(source);
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
