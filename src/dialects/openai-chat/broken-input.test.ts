import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { scanJson } from '../../kit/json-scan.ts';
import { openaiChat } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });

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

  /** Every place of a value, so that each can be spoilt. */
  const places = (
    value: unknown,
    path: readonly (string | number)[] = [],
  ): (readonly (string | number)[])[] => {
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
    [key, ...rest]: readonly (string | number)[],
    change: (parent: Record<string | number, unknown>, key: string | number) => void,
  ): void => {
    const parent = value as Record<string | number, unknown>;
    if (key === undefined || parent === null || typeof parent !== 'object') return;
    if (rest.length === 0) change(parent, key);
    else spoil(parent[key], rest, change);
  };

  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    const all = places(body);
    const model = sampleModel({ sampling: 'no' });
    const quirks = { systemRole: 'system' as const, refusedFields: ['stop'] };
    const spot = fc.record({
      place: fc.constantFrom(...all),
      junk: fc.constantFrom(...junk),
      isGone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 3 }), (spots) => {
        const spoilt = structuredClone(body);
        for (const { place, junk: value, isGone } of spots)
          spoil(spoilt, place, (parent, key) => {
            if (isGone) delete parent[key];
            else parent[key] = structuredClone(value);
          });
        const bytes = Buffer.from(JSON.stringify(spoilt));
        try {
          const request = openaiChat.readRequest(JSON.parse(bytes.toString()) as JsonObject);
          const { body: passed } = openaiChat.passRequest({
            bytes,
            scan: scanJson(bytes),
            request,
            model,
            quirks,
          });
          JSON.parse(passed.toString());
          openaiChat.writeRequest({ ...request, dialect: 'anthropic-messages' }, { model, quirks });
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          expect(['invalid-request', 'not-translatable']).toContain(error.code);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, inner) => {
        const bodies = [
          value,
          { choices: value },
          { choices: [{ message: value }] },
          { choices: [{ message: { content: value, tool_calls: [inner] } }], usage: value },
          { error: value },
        ];
        for (const answer of bodies) {
          if (!isObject(answer)) continue;
          try {
            openaiChat.readReply(answer as JsonObject);
          } catch (error) {
            if (!(error instanceof GatewayError) || error.code !== 'upstream-bad') throw error;
          }
          openaiChat.readError(400, answer as JsonObject, {});
        }
      }),
      { numRuns: 300 },
    );
  });

  it('in a stream never throws, and the tap hands on all it was given but hidden usage', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'data: ',
        'data:',
        '\n',
        '\n\n',
        '\r\n\r\n',
        '\r',
        ': c\n\n',
        'event: error\n',
        '[DONE]',
        '\ufeff',
        '{',
        '}',
        '"',
        '\\',
        '"content":"a"',
        '"usage":{},"choices":[]',
        '{"choices":[{"delta":{"content":"x","tool_calls":[{}]}}]}',
        '{"choices":[{"delta":null,"finish_reason":1}]}',
      ),
      text,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''));
        const reader = openaiChat.readStream();
        const tap = openaiChat.tapStream({ hidesUsage: false });
        const out: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          reader.push(bytes.subarray(at, at + size));
          out.push(tap.push(bytes.subarray(at, at + size)));
        }
        reader.end();
        const passed = Buffer.concat(out);

        expect(bytes.subarray(0, passed.length).equals(passed)).toBe(true);
        tap.end();
      }),
      { numRuns: 1_000 },
    );
  });
});
