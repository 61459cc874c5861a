import { createHash, type Hash } from 'node:crypto';
import type { ChatRequest, Turn } from '../core/chat.ts';

/**
 * What a conversation says up to a place, as a hash that grows with it: bound reasoning holds only behind the very
 * words it was said after (WIRE 4.4).
 */
export class Prefix {
  readonly #hash: Hash;

  constructor({ system, tools }: ChatRequest) {
    this.#hash = createHash('sha256').update(JSON.stringify([system, tools]));
  }

  add(turn: Turn): void {
    this.#hash.update(JSON.stringify([turn.role, turn.name ?? null, turn.blocks]));
  }

  value(): string {
    return this.#hash.copy().digest('base64url');
  }
}

export const prefixOf = (request: ChatRequest): string => {
  const prefix = new Prefix(request);
  for (const turn of request.turns) prefix.add(turn);
  return prefix.value();
};
