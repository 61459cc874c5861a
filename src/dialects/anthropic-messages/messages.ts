import type { Block, Turn } from '../../core/chat.ts';
import type { JsonValue } from '../../core/json.ts';
import { kindOf, refuse, requiredObject } from '../fields.ts';
import { readContent } from './blocks.ts';

/** More than that is refused by the vendor. */
const maxMessages = 100_000;

/**
 * The turns of a conversation. Refuses roles out of place and calls without their results; with
 * `isContinued` the earlier part lies with the vendor, and the calls that are answered here with it.
 */
export const readMessages = (
  messages: readonly JsonValue[],
  { isContinued }: { readonly isContinued: boolean },
): { readonly turns: readonly Turn[]; readonly usesTools: boolean } => {
  if (messages.length > maxMessages)
    refuse('messages', `has ${messages.length} entries; ${maxMessages} are allowed.`);
  const turns: Turn[] = [];
  const calls = new OpenCalls(isContinued);
  for (let at = 0; at < messages.length; at++) {
    const message = requiredObject(messages[at], () => `messages.${at}`);
    const role = roleOf(message.role, at);
    const blocks = readContent(message.content, role, () => `messages.${at}.content`);
    calls.follow(role, blocks, at);
    turns.push({ role, blocks });
  }
  calls.end();
  return { turns, usesTools: calls.wereSeen };
};

const roleOf = (role: JsonValue | undefined, at: number): Turn['role'] => {
  if (role === 'user' || role === 'assistant') return role;
  if (role === 'system')
    return at > 0
      ? role
      : refuse('messages.0.role', 'is "system": put the first instructions in the top-level `system` field.');
  return refuse(
    () => `messages.${at}.role`,
    `has to be "user" or "assistant"; it is ${typeof role === 'string' && role ? 'another word' : kindOf(role)}.`,
  );
};

/**
 * Every call has to be answered in the next user message, results first. Messages of one role in a row
 * are one to the vendor, so they are one here.
 */
class OpenCalls {
  readonly #isContinued: boolean;
  /** How often each id was called and not answered yet: some servers give several calls the same one. */
  readonly #open = new Map<string, number>();
  #askedAt = 0;
  #last: Turn['role'] | undefined;
  wereSeen = false;

  constructor(isContinued: boolean) {
    this.#isContinued = isContinued;
  }

  follow(role: Turn['role'], blocks: readonly Block[], at: number): void {
    if (role !== 'user' && role !== this.#last) this.end();
    if (role === 'assistant') this.#ask(blocks, at);
    else if (role === 'user') this.#answer(blocks, at);
    this.#last = role;
  }

  end(): void {
    if (this.#open.size === 0) return;
    const ids = [...this.#open.keys()];
    const named =
      ids
        .slice(0, 5)
        .map((id) => `"${id.slice(0, 64)}"`)
        .join(', ') + (ids.length > 5 ? ' …' : '');
    refuse(
      `messages.${this.#askedAt}.content`,
      `calls ${named} without a result: put a "tool_result" block for each \`tool_use\` at the start of the user message directly behind it.`,
    );
  }

  #ask(blocks: readonly Block[], at: number): void {
    for (const block of blocks) {
      if (block.type !== 'tool-call') continue;
      this.wereSeen = true;
      this.#askedAt = at;
      this.#open.set(block.id, (this.#open.get(block.id) ?? 0) + 1);
    }
  }

  #answer(blocks: readonly Block[], at: number): void {
    let hasText = false;
    for (let index = 0; index < blocks.length; index++) {
      const block = blocks[index] as Block;
      if (block.type === 'text') hasText = true;
      if (block.type !== 'tool-result') continue;
      this.wereSeen = true;
      const count = this.#open.get(block.callId);
      if (count === 1) this.#open.delete(block.callId);
      else if (count !== undefined) this.#open.set(block.callId, count - 1);
      else if (!this.#isContinued)
        refuse(
          `messages.${at}.content.${index}.tool_use_id`,
          'answers no open call: a "tool_result" has to stand in the user message directly behind the assistant message with its `tool_use`, once for each.',
        );
      if (hasText)
        refuse(
          `messages.${at}.content.${index}`,
          'is a "tool_result" behind text: results come first in their message, text after them.',
        );
    }
  }
}
