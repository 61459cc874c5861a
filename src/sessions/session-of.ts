import { hash } from 'node:crypto';
import { type ChatRequest, textOf } from '../core/chat.ts';
import type { Headers } from '../dialects/dialect.ts';

/** Headers in which clients name their conversation, ours first (WIRE 1.3). */
const sessionHeaders = [
  'x-tierwise-session',
  'x-claude-code-session-id',
  // Codex, older and newer
  'session_id',
  'session-id',
  // opencode
  'x-session-affinity',
];

/**
 * The conversation a request belongs to: the client's own name for it, or the hash of what stays the
 * same in all its requests (instructions and the first words of the user). At most 64 characters.
 */
export const sessionOf = (request: ChatRequest, headers: Headers): string => {
  for (const name of sessionHeaders) {
    const value = headers[name];
    if (value) return value.length <= 64 && /^[\w.:-]+$/.test(value) ? value : named(value);
  }
  const inUserId = /session_([0-9a-f-]{36})/.exec(request.endUser ?? '');
  if (inUserId?.[1]) return inUserId[1];
  const first = request.turns.find(({ role }) => role === 'user');
  return named(`${firstText(request.system)}\u0000${first ? firstText(first.blocks) : ''}`);
};

const named = (text: string): string => `h-${hash('sha256', text, 'base64url').slice(0, 22)}`;

/** Enough of a text to tell conversations apart, without reading megabytes. */
const firstText = (blocks: ChatRequest['system']): string => textOf(blocks.slice(0, 4)).slice(0, 4096);
