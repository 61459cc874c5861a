import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import {
  checkBrokenAnswers,
  checkBrokenStreams,
  checkEndlessEvent,
  checkSpoiltBodies,
} from '../spoilt-bodies.cases.ts';
import { anthropicMessages } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const body = {
  model: 'auto',
  max_tokens: 40_000,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'x' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aa' } },
        { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'y' }] } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 't', signature: 's' },
        { type: 'tool_use', id: 'a', name: 'f', input: { a: 1 } },
        { type: 'server_tool_use', id: 'b', name: 'g', input: {} },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'z' }] }],
    },
    { role: 'system', content: 'In French.' },
    { role: 'user', content: 'so?' },
  ],
  tools: [
    { name: 'f', input_schema: { type: 'object' } },
    { type: 'web_search_20260209', name: 'web_search' },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'adaptive', display: 'summarized' },
  output_config: { effort: 'high', format: { type: 'json_schema', schema: {} } },
  context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
  stop_sequences: ['a'],
  metadata: { user_id: 'u' },
  temperature: 1,
  stream: true,
};

describe('broken input', () => {
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    checkSpoiltBodies({
      dialect: anthropicMessages,
      body,
      models: ['haiku-4-5', 'sonnet-5', 'opus-5-5', 'haiku-3'].map((kind) => sampleModel(kind)),
      quirks: { refusedFields: ['metadata', 'stream'] },
      writtenFrom: 'openai-chat',
      checkPassed: (passed, given, model) => {
        const out = JSON.parse(passed.toString()) as JsonObject;
        expect(out.model).toBe(model.name);
        expect(out.system).toEqual((JSON.parse(given.toString()) as JsonObject).system);
      },
    });
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    checkBrokenAnswers(anthropicMessages, (value, inner) => [
      value,
      { content: value },
      {
        content: [
          { type: 'tool_use', input: value, id: inner },
          { type: 'text', text: value },
        ],
        usage: value,
      },
      { content: [value], usage: { iterations: value, cache_creation: inner }, stop_reason: inner },
      { error: value },
    ]);
  });

  it('in a stream never throws, and the tap hands on what it was given, event by event', () => {
    checkBrokenStreams({
      dialect: anthropicMessages,
      numRuns: 2_000,
      pieces: [
        'event: content_block_delta\n',
        'event: error\n',
        'event: message_start\n',
        '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\u00e9',
        '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":[]}}',
        '{"type":"content_block_delta","index":null,"delta":{"type":"input_json_delta","partial_json":7}}',
        '{"type":"message_start","message":{"usage":3}}',
        '{"type":"message_delta","delta":null,"usage":{"output_tokens":"x"}}',
      ],
      check: (bytes, handedOn, tap) => {
        const passed = Buffer.concat([handedOn, tap.end()]).toString();
        // what it puts in itself: names that were missing, and the frame of an error it found
        const given = passed.replace(
          /event: error\ndata: \{"type":"error","error":\{"type":"api_error".*\n\n$/,
          '',
        );
        const plain = (stream: string) => stream.replace(/event: \w+\n/g, '').replace(/\n+$/, '');
        expect(plain(bytes.toString()).startsWith(plain(given))).toBe(true);
      },
    });
  });

  it('is cut off where one event grows over 8 MB, wherever its pieces end', () => {
    checkEndlessEvent(anthropicMessages, 'event: content_block_delta\ndata: ', /^event: error\ndata: /);
  });
});
