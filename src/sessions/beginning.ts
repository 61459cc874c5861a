import type { ChatRequest } from '../core/chat.ts';

/**
 * Nobody has answered yet: whatever is known under this conversation's name is of another that began with the same
 * words, or its client has begun anew. `isKept`: what was said so far is kept elsewhere, or summed up.
 */
export const isBeginning = ({ turns }: ChatRequest, isKept: boolean): boolean =>
  !isKept && turns.every(({ role }) => role !== 'assistant');
