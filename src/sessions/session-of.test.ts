import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import { sessionOf } from './session-of.ts';

const request = (texts: readonly string[], system = 'You help.', endUser?: string): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [{ type: 'text', text: system }],
  turns: texts.map((text, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    blocks: [{ type: 'text', text }],
  })),
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
  ...(endUser !== undefined && { endUser }),
});

describe('the conversation of a request', () => {
  it('is the client’s own name for it', () => {
    expect(sessionOf(request(['hi']), { 'x-claude-code-session-id': 'abc-1' })).toBe('abc-1');
    expect(sessionOf(request(['hi']), { 'session-id': '01a2-3' })).toBe('01a2-3');
    expect(sessionOf(request(['hi']), { 'x-session-affinity': 'ses_4' })).toBe('ses_4');
    expect(sessionOf(request(['hi']), { 'x-tierwise-session': 'mine', session_id: 'theirs' })).toBe('mine');
  });

  it('is found in the user id that coding agents send', () => {
    const id = '01234567-89ab-cdef-0123-456789abcdef';

    expect(sessionOf(request(['hi'], 'x', `user_1_account__session_${id}`), {})).toBe(id);
  });

  it('stays the same while the conversation grows, and differs for another one', () => {
    const first = sessionOf(request(['hi']), {});

    expect(sessionOf(request(['hi', 'hello', 'more']), {})).toBe(first);
    expect(sessionOf(request(['ho']), {})).not.toBe(first);
    expect(sessionOf(request(['hi'], 'You argue.'), {})).not.toBe(first);
  });

  it('never carries what a header tries to smuggle', () => {
    expect(sessionOf(request(['hi']), { 'x-tierwise-session': 'a"; drop\nb' })).toMatch(/^h-[\w-]{22}$/);
    expect(sessionOf(request(['hi']), { 'x-tierwise-session': 'x'.repeat(500) })).toMatch(/^h-[\w-]{22}$/);
  });
});
