/** Indented JSON; amounts, which are bigints, become texts of digits, for no number holds them all. */
export const jsonText = (value: unknown): string => JSON.stringify(value, bigintsAsText, 2);

/** The same on one line. */
export const jsonLine = (value: unknown): string => JSON.stringify(value, bigintsAsText);

const bigintsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
