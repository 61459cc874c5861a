/**
 * JSON.parse, but whole numbers that a float would bend keep their digits when they are written again: they
 * are then raw JSON, and no numbers. For what is handed on, like the arguments of a tool.
 */
export const parseExact = (text: string): unknown =>
  longDigits.test(text) ? JSON.parse(text, exact) : JSON.parse(text);

const longDigits = /\d{16}/;
const whole = /^-?\d{16,}$/;

const exact = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  // the text as a whole has no key, and stays what it is
  typeof value === 'number' && key !== '' && context?.source !== undefined && whole.test(context.source)
    ? rawJson(context.source)
    : value;

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
