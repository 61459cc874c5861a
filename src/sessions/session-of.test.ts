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

/** As the agent itself asks: with the tool that sends out helpers. */
const agentRequest = (texts: readonly string[], endUser?: string): ChatRequest => ({
  ...request(texts, 'You help.', endUser),
  tools: [{ type: 'function', name: 'Task' }],
});

describe('the conversation of a request', () => {
  it('is the client’s own name for it', () => {
    expect(sessionOf(agentRequest(['hi']), { 'x-claude-code-session-id': 'abc-1' })).toBe('abc-1');
    expect(sessionOf(request(['hi']), { 'session-id': '01a2-3' })).toBe('01a2-3');
    expect(sessionOf(request(['hi']), { 'x-session-affinity': 'ses_4' })).toBe('ses_4');
    expect(sessionOf(request(['hi']), { 'x-tierwise-session': 'mine', session_id: 'theirs' })).toBe('mine');
  });

  it('is found in the user id that coding agents send', () => {
    const id = '01234567-89ab-cdef-0123-456789abcdef';

    expect(sessionOf(agentRequest(['hi'], `user_1_account__session_${id}`), {})).toBe(id);
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

describe('the conversations of an agent’s helpers', () => {
  const session = { 'x-claude-code-session-id': 'abc-1' };

  it('are told apart by the name that the agent gives them', () => {
    const helper = (id: string) => sessionOf(request(['hi']), { ...session, 'x-claude-code-agent-id': id });

    expect(helper('a881341')).toBe('abc-1:a881341');
    expect(helper('a2898e3')).not.toBe(helper('a881341'));
    expect(helper('a b\r\nc')).toMatch(/^h-[\w-]{22}$/);
  });

  it('are told apart by what they were told where nobody names them', () => {
    const helper = (task: string, system = 'You search files.') =>
      sessionOf(request([task, 'Found.', 'Go on.'], system), session);

    expect(helper('Find the tests.')).toMatch(/^abc-1:[\w-]{12}$/);
    expect(helper('Find the tests.')).toBe(
      sessionOf(request(['Find the tests.'], 'You search files.'), session),
    );
    expect(helper('Find the docs.')).not.toBe(helper('Find the tests.'));
    expect(helper('Find the tests.', 'You make titles.')).not.toBe(helper('Find the tests.'));
  });

  it('are the same whatever a client writes before its instructions', () => {
    const asked = (attribution: string): ChatRequest => {
      const plain = request(['Find the tests.']);
      return { ...plain, system: [{ type: 'text', text: attribution }, ...plain.system] };
    };

    expect(sessionOf(asked('x-anthropic-billing-header: a=1'), session)).toBe(
      sessionOf(asked('x-anthropic-billing-header: a=2'), session),
    );
  });

  it('are told apart for Codex, which names what they are for', () => {
    const codex = { session_id: '01a2-3', 'x-openai-subagent': 'review' };

    expect(sessionOf(request(['Look at it.']), codex)).toMatch(/^01a2-3:review-[\w-]{12}$/);
    expect(sessionOf(request(['Look at it.']), { session_id: '01a2-3' })).toBe('01a2-3');
  });
});
