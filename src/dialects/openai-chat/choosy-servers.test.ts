import { describe, expect, it } from 'vitest';
import { scanJson } from '../../kit/json-scan.ts';
import { sampleModel } from '../../testing/sample-model.ts';
import { anthropicMessages } from '../anthropic-messages/index.ts';
import type { Quirks } from '../dialect.ts';
import { openaiChat } from './index.ts';

const model = sampleModel('m');

const passed = (body: object, quirks: Quirks) => {
  const bytes = Buffer.from(JSON.stringify(body));
  const request = openaiChat.readRequest(JSON.parse(bytes.toString()));
  const { body: out, dropped } = openaiChat.passRequest({
    bytes,
    scan: scanJson(bytes),
    request,
    model,
    quirks,
  });
  return { text: out.toString(), sent: JSON.parse(out.toString()), dropped };
};

const call = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: '{"id":"call_1"}' },
});

const loop = {
  model: 'm',
  messages: [
    { role: 'user', name: 'ann', content: 'say "id" and "name"' },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      annotations: [],
      tool_calls: [call('call_1'), call('AbCdEf123')],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '1' },
    { role: 'tool', tool_call_id: 'AbCdEf123', content: '2' },
  ],
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
};

describe('a server that takes ids of nine letters and digits only', () => {
  const quirks: Quirks = { callIds: 'nine-alphanumerics' };

  it('gets such ids for calls and their results alike, and keeps its own', () => {
    const { sent } = passed(loop, quirks);
    const [first, second] = sent.messages[1].tool_calls;

    expect(first.id).toMatch(/^[a-z0-9]{9}$/);
    expect(sent.messages[2].tool_call_id).toBe(first.id);
    expect(second.id).toBe('AbCdEf123');
    expect(sent.messages[3].tool_call_id).toBe('AbCdEf123');
  });

  it('gets the same ids in the next turn, so that its prompt cache stays warm', () => {
    const next = { ...loop, messages: [...loop.messages, { role: 'user', content: 'go on' }] };

    const [earlier, later] = [passed(loop, quirks).text, passed(next, quirks).text];

    expect(later.startsWith(earlier.slice(0, earlier.indexOf('],"tools"')))).toBe(true);
  });

  it('gets nothing else changed', () => {
    const { sent } = passed(loop, quirks);

    expect(sent.messages[1].tool_calls[0].function).toEqual(call('').function);
    expect(sent.messages[0]).toEqual(loop.messages[0]);
  });

  it('gets them in a translation, too', () => {
    const request = openaiChat.readRequest(JSON.parse(JSON.stringify(loop)));

    const { body } = openaiChat.writeRequest(
      { ...request, dialect: 'anthropic-messages' },
      { model, quirks },
    );

    const messages = JSON.parse(JSON.stringify(body.messages));
    expect(messages[1].tool_calls[0].id).toMatch(/^[a-z0-9]{9}$/);
    expect(messages[2].tool_call_id).toBe(messages[1].tool_calls[0].id);
  });
});

describe('a server that wants the reasoning behind its calls back', () => {
  it('gets it in the field it has for that', () => {
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'first this', signature: 's' },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'done' }] },
    ];
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];
    const request = anthropicMessages.readRequest({ model: 'm', max_tokens: 9, messages, tools });

    const { body, warnings } = openaiChat.writeRequest(request, {
      model,
      quirks: { reasoningField: 'reasoning_content' },
    });

    expect(JSON.parse(JSON.stringify(body.messages))[1]).toMatchObject({ reasoning_content: 'first this' });
    expect(warnings).not.toContain('reasoning');
  });
});

describe('a server that refuses fields of messages it does not know', () => {
  const quirks: Quirks = { refusedMessageFields: ['name', 'refusal', 'annotations'] };

  it('gets messages without them, in any place of the message', () => {
    const { sent, dropped } = passed(loop, quirks);

    expect(sent.messages[0]).toEqual({ role: 'user', content: 'say "id" and "name"' });
    expect(sent.messages[1]).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: loop.messages[1]?.tool_calls,
    });
    expect(dropped).toEqual(['messages.name']);
  });

  it('gets the very bytes where there is nothing to leave out', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'the "name" of the refusal' }] };

    expect(passed(body, quirks).text).toBe(JSON.stringify(body));
  });
});
