import type { Block } from '../core/chat.ts';

/** How far into a text an opening may begin: clients put a line of their own before it. */
const reach = 200;

/**
 * Whether a text opens with one of some phrases, so that a paper that merely quotes them is not taken for
 * what they open.
 */
export const opensWith = (text: string, phrases: readonly string[]): boolean => {
  if (text.length < 8) return false;
  const head = text.length > reach ? text.slice(0, reach) : text;
  for (const phrase of phrases) if (head.includes(phrase)) return true;
  return false;
};

export const anyOpensWith = (blocks: readonly Block[], phrases: readonly string[]): boolean => {
  for (const block of blocks) if (block.type === 'text' && opensWith(block.text, phrases)) return true;
  return false;
};
