import { describe, expect, it } from 'vitest';
import { checkBrokenAnswers, checkBrokenStreams, checkSpoiltBodies } from '../spoilt-bodies.cases.ts';
import { openaiChat } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

describe('broken input', () => {
  const body = {
    model: 'auto',
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'x' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aa', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'ok' },
      { role: 'user', content: 'y', name: 'n' },
    ],
    tools: [
      { type: 'function', function: { name: 'f', parameters: { type: 'object' } } },
      { type: 'custom', custom: { name: 'g', format: { type: 'text' } } },
    ],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    },
    stop: ['a'],
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
    stream: true,
    stream_options: { include_usage: false },
    temperature: 1,
    max_tokens: 3,
  };
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    checkSpoiltBodies({
      dialect: openaiChat,
      body,
      models: [sampleModel({ sampling: 'no' })],
      quirks: { systemRole: 'system', refusedFields: ['stop'] },
      writtenFrom: 'anthropic-messages',
    });
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    checkBrokenAnswers(openaiChat, (value, inner) => [
      value,
      { choices: value },
      { choices: [{ message: value }] },
      { choices: [{ message: { content: value, tool_calls: [inner] } }], usage: value },
      { error: value },
    ]);
  });

  it('in a stream never throws, and the tap hands on all it was given but hidden usage', () => {
    checkBrokenStreams({
      dialect: openaiChat,
      numRuns: 1_000,
      pieces: [
        'event: error\n',
        '"content":"a"',
        '"usage":{},"choices":[]',
        '{"choices":[{"delta":{"content":"x","tool_calls":[{}]}}]}',
        '{"choices":[{"delta":null,"finish_reason":1}]}',
      ],
      check: (bytes, passed, tap) => {
        expect(bytes.subarray(0, passed.length).equals(passed)).toBe(true);
        tap.end();
      },
    });
  });
});
