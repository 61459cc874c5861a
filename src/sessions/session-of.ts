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
 * same in all its requests (instructions and the first words of the user). Helpers that an agent sends out, and
 * what it asks on the side, have conversations of their own: "NAME:HELPER". At most 64 characters.
 */
export const sessionOf = (request: ChatRequest, headers: Headers): string => {
  const name = nameOf(request, headers);
  if (name === undefined) return named(prefixText(request));
  const helper = helperOf(request, headers);
  return helper === undefined ? name : fitting(`${name}:${helper}`);
};

const nameOf = (request: ChatRequest, headers: Headers): string | undefined => {
  for (const header of sessionHeaders) {
    const value = headers[header];
    if (value) return fitting(value);
  }
  return /session_([0-9a-f-]{36})/.exec(request.endUser ?? '')?.[1];
};

/** Who in the client's conversation asks, where it is not the agent itself; the client's helpers bear its session's name. */
const helperOf = (request: ChatRequest, headers: Headers): string | undefined => {
  const agent = headers['x-claude-code-agent-id'];
  if (agent) return agent;
  const kind = headers['x-openai-subagent'];
  if (kind) return `${kind}-${shortHash(prefixText(request))}`;
  return isClaudeCode(request, headers) && !sendsHelpers(request)
    ? shortHash(prefixText(request))
    : undefined;
};

const isClaudeCode = ({ endUser }: ChatRequest, headers: Headers): boolean =>
  headers['x-claude-code-session-id'] !== undefined || /_session_[0-9a-f-]{36}$/.test(endUser ?? '');

/** Older ones do not say who asks. Only the agent itself has the tool that sends out helpers; side calls have none. */
const sendsHelpers = ({ tools }: ChatRequest): boolean =>
  tools.some((tool) => tool.type === 'function' && (tool.name === 'Agent' || tool.name === 'Task'));

/** Long names, and those that might end a header or a line, become a hash. */
const fitting = (name: string): string => (name.length <= 64 && /^[\w.:-]+$/.test(name) ? name : named(name));

/** Claude Code's first block of instructions differs from one call to the next. */
const prefixText = ({ system, turns }: ChatRequest): string => {
  const first = turns.find(({ role }) => role === 'user');
  const [head] = system;
  const isAttribution = head?.type === 'text' && head.text.startsWith('x-anthropic-');
  const instructions = isAttribution ? system.slice(1) : system;
  return `${firstText(instructions)}\u0000${first ? firstText(first.blocks) : ''}`;
};

const shortHash = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12);

const named = (text: string): string => `h-${hash('sha256', text, 'base64url').slice(0, 22)}`;

/** Enough of a text to tell conversations apart, without reading megabytes. */
const firstText = (blocks: ChatRequest['system']): string => textOf(blocks.slice(0, 4)).slice(0, 4096);
