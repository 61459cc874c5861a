/**
 * The tokens of simulated models: up to six letters, three digits, or one sign, with the blank before
 * them. About as many as real tokenizers make of English and code; joined they are the text again.
 */
export const tokensOf = (text: string): string[] => text.match(piece) ?? [];

export const countTokens = (text: string): number => {
  let count = 0;
  piece.lastIndex = 0;
  while (piece.test(text)) count += 1;
  return count;
};

const piece = / ?(?:\p{L}{1,6}|\d{1,3}|[^\s\p{L}\d])|\s+/gu;
