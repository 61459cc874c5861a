import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { scanJson } from '../../kit/json-scan.ts';
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

const junk = [
  null,
  0,
  -1,
  1.5,
  '',
  'x',
  true,
  [],
  {},
  [null],
  [{}],
  { type: 'x' },
  '\ud800',
  Number.MAX_VALUE,
];

type Place = readonly (string | number)[];

/** Every place of a value, so that each can be spoilt. */
const places = (value: unknown, path: Place = []): Place[] => {
  const children = Array.isArray(value)
    ? value.map((inner, at) => [at, inner] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [
    ...(path.length > 0 ? [path] : []),
    ...children.flatMap(([key, inner]) => places(inner, [...path, key])),
  ];
};

const spoil = (
  value: unknown,
  [key, ...rest]: Place,
  change: (parent: Record<string | number, unknown>, key: string | number) => void,
): void => {
  const parent = value as Record<string | number, unknown>;
  if (key === undefined || parent === null || typeof parent !== 'object') return;
  if (rest.length === 0) change(parent, key);
  else spoil(parent[key], rest, change);
};

const text = fc.string({ maxLength: 20, unit: 'grapheme' });

describe('broken input', () => {
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    const models = ['haiku-4-5', 'sonnet-5', 'opus-5-5', 'haiku-3'].map((kind) => sampleModel(kind));
    const quirks = { refusedFields: ['metadata', 'stream'] };
    const spot = fc.record({
      place: fc.constantFrom(...places(body)),
      junk: fc.constantFrom(...junk),
      isGone: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(spot, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...models),
        (spots, model) => {
          const spoilt = structuredClone(body);
          for (const { place, junk: value, isGone } of spots)
            spoil(spoilt, place, (parent, key) => {
              if (isGone) delete parent[key];
              else parent[key] = structuredClone(value);
            });
          const bytes = Buffer.from(JSON.stringify(spoilt));
          try {
            const request = anthropicMessages.readRequest(JSON.parse(bytes.toString()) as JsonObject);
            const { body: passed } = anthropicMessages.passRequest({
              bytes,
              scan: scanJson(bytes),
              request,
              model,
              quirks,
            });
            const out = JSON.parse(passed.toString()) as JsonObject;
            expect(out.model).toBe(model.name);
            expect(out.system).toEqual((JSON.parse(bytes.toString()) as JsonObject).system);
            anthropicMessages.writeRequest({ ...request, dialect: 'openai-chat' }, { model, quirks });
          } catch (error) {
            if (!(error instanceof GatewayError)) throw error;
            expect(['invalid-request', 'not-translatable']).toContain(error.code);
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, inner) => {
        const bodies = [
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
        ];
        for (const answer of bodies) {
          if (!isObject(answer)) continue;
          try {
            anthropicMessages.readReply(answer as JsonObject);
          } catch (error) {
            if (!(error instanceof GatewayError) || error.code !== 'upstream-bad') throw error;
          }
          anthropicMessages.readError(400, answer as JsonObject, {});
        }
      }),
      { numRuns: 300 },
    );
  });

  const piece = fc.oneof(
    fc.constantFrom(
      'data: ',
      'data:',
      'event: content_block_delta\n',
      'event: error\n',
      'event: message_start\n',
      '\n',
      '\n\n',
      '\r\n\r\n',
      '\r',
      ': c\n\n',
      '[DONE]',
      '\ufeff',
      '{',
      '}',
      '"',
      '\\',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\u00e9',
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":[]}}',
      '{"type":"content_block_delta","index":null,"delta":{"type":"input_json_delta","partial_json":7}}',
      '{"type":"message_start","message":{"usage":3}}',
      '{"type":"message_delta","delta":null,"usage":{"output_tokens":"x"}}',
    ),
    text,
  );

  it('in a stream never throws, and the tap hands on what it was given, event by event', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''));
        const reader = anthropicMessages.readStream();
        const tap = anthropicMessages.tapStream({ hidesUsage: false });
        const out: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          reader.push(bytes.subarray(at, at + size));
          out.push(tap.push(bytes.subarray(at, at + size)));
        }
        reader.end();
        out.push(tap.end());
        const passed = Buffer.concat(out).toString();

        // what it puts in itself: names that were missing, and the frame of an error it found
        const given = passed.replace(
          /event: error\ndata: \{"type":"error","error":\{"type":"api_error".*\n\n$/,
          '',
        );
        const plain = (stream: string) => stream.replace(/event: \w+\n/g, '').replace(/\n+$/, '');
        expect(plain(bytes.toString()).startsWith(plain(given))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is cut off where one event grows over 8 MB, wherever its pieces end', () => {
    const tap = anthropicMessages.tapStream({ hidesUsage: false });
    const reader = anthropicMessages.readStream();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    tap.push(Buffer.from('event: content_block_delta\ndata: '));
    const events = [...reader.push(Buffer.from('event: content_block_delta\ndata: '))];
    let passed = '';
    for (let sent = 0; sent < 200 && !tap.error; sent++) {
      passed += tap.push(chunk).toString();
      events.push(...reader.push(chunk));
    }

    expect(tap.error?.class).toBe('upstream-bad');
    expect(passed).toMatch(/^event: error\ndata: /);
    expect(passed.length).toBeLessThan(500);
    expect(tap.push(chunk).length).toBe(0);
    expect(events).toMatchObject([{ type: 'reply-error', error: { class: 'upstream-bad' } }]);
  });
});
