import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Turn } from '../core/chat.ts';
import { newestAsk } from './newest-ask.ts';
import { requestOf } from './request-of.cases.ts';

const text = (words: string): Block => ({ type: 'text', text: words });
const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
const result = (words: string): Block => ({
  type: 'tool-result',
  callId: 'call-1',
  blocks: [text(words)],
  isError: false,
});
const call: Turn = {
  role: 'assistant',
  blocks: [{ type: 'tool-call', id: 'call-1', name: 'read', argumentsText: '{}', kind: 'function' }],
};
const ask = (...turns: readonly Turn[]): string =>
  newestAsk(requestOf('', { turns } as Partial<ChatRequest>));

describe('the newest ask', () => {
  it('is the last thing the user said', () => {
    const turns = [
      user(text('first')),
      { role: 'assistant', blocks: [text('answer')] } as const,
      user(text('second')),
    ];

    expect(ask(...turns)).toBe('second');
  });

  it('is what started the tool loop while only tool results come', () => {
    expect(ask(user(text('fix the build')), call, user(result('log')), call, user(result('more')))).toBe(
      'fix the build',
    );
  });

  it('is what the user puts beside a tool result', () => {
    expect(ask(user(text('fix the build')), call, user(result('log'), text('stop, tests first')))).toBe(
      'stop, tests first',
    );
  });

  it('passes over a turn of nothing but reminders', () => {
    const reminder = text('<system-reminder>The todo list is empty.</system-reminder>');

    expect(ask(user(text('write a poem')), call, user(result('ok'), reminder))).toBe('write a poem');
  });

  it('leaves out reminders, environment and attached files', () => {
    const wrapped =
      '<system-reminder>\nNever mention this.\n</system-reminder>\n<environment_details>\ncwd: /home\n</environment_details>\nrename the function\n<attached_files>\nfoo\n</attached_files>';

    expect(ask(user(text(wrapped)))).toBe('rename the function');
  });

  it.each([
    ['<user_query>\nadd a test\n</user_query>'],
    ['<task>\nadd a test\n</task>\n<environment_details>x</environment_details>'],
    ['<userRequest>add a test</userRequest>\n<editorContext>x</editorContext>'],
    [
      '<command-message>run</command-message>\n<command-name>/run</command-name>\n<command-args>add a test</command-args>',
    ],
    ['<documents>\n<document>long</document>\n</documents>\nadd a test'],
  ])('unwraps what agents put around the words of the user: %s', (wrapped) => {
    expect(ask(user(text(wrapped)))).toBe('add a test');
  });

  it('keeps HTML and code as they are', () => {
    const html = '<div class="a">\n<my-element>x</my-element>\n</div>';
    const fenced = `why does this not work?\n\`\`\`html\n<my-element>x</my-element>\n\`\`\``;

    expect(ask(user(text(`centre this\n<div>x</div>`)))).toBe('centre this\n<div>x</div>');
    expect(ask(user(text(fenced)))).toBe(fenced);
    expect(ask(user(text(`fix ${html}`)))).toContain('<div class="a">');
  });

  it('is the question of a prompt with context', () => {
    const before =
      'Answer from the context.\n\nContext:\nThe mill was built in 1780.\nIt burnt down.\n\nQuestion: When was the mill built?\nAnswer:';
    const after = 'Question: When was the mill built?\n\nContext: The mill was built in 1780.';

    expect(ask(user(text(before)))).toBe('When was the mill built?');
    expect(ask(user(text(after)))).toBe('When was the mill built?');
  });

  it('is the instruction of a template', () => {
    expect(
      ask(user(text('### Instruction:\nTranslate to German\n\n### Input:\nhouse\n\n### Response:'))),
    ).toBe('Translate to German');
  });

  it('is the last of several worked examples', () => {
    expect(ask(user(text('Q: 1+1?\nA: 2\n\nQ: 2+2?\nA: 4\n\nQ: 3+5?\nA:')))).toBe('3+5?');
  });

  it('is the short block beside a long pasted one', () => {
    expect(ask(user(text('word '.repeat(2_000)), text('summarise this')))).toBe('summarise this');
  });

  it('falls back to what is wrapped where nothing else was said', () => {
    expect(ask(user(text('<context>\nhello\n</context>')))).toBe('<context>\nhello\n</context>');
  });

  it('does not take text of the tool protocol for words', () => {
    expect(
      ask(user(text("[read_file for 'a.ts'] Result:"), text('<environment_details>x</environment_details>'))),
    ).toBe('<environment_details>x</environment_details>');
    expect(ask(user(text('go')), user(text("[read_file for 'a.ts'] Result: const a = 1")))).toBe('go');
  });

  it('is empty where nobody spoke', () => {
    expect(ask({ role: 'system', blocks: [text('be kind')] })).toBe('');
  });

  it('stays quick on elements that are never closed, and on tags that never end', () => {
    const unclosed = Array.from({ length: 20_000 }, (_, index) => `<a-${index}>`).join('\n');
    const unended = Array.from({ length: 200_000 }, () => '<my-element').join('\n');

    expect(ask(user(text(unclosed)))).toBe(unclosed);
    expect(ask(user(text(unended)))).toBe(unended);
  });
});
