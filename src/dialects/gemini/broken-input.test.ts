import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import { scanJson } from '../../kit/json-scan.ts';
import { sealReasoning } from '../sealed-reasoning.ts';
import { gemini } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const seal = sealReasoning({ vendor: 'anthropic', kind: 'signature', data: 's' });

const body = {
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: [
    {
      role: 'user',
      parts: [
        { text: 'x' },
        { inlineData: { mimeType: 'image/png', data: 'aa' }, mediaResolution: { level: 'x' } },
        { fileData: { mimeType: 'application/pdf', fileUri: 'https://example.com/a.pdf' } },
      ],
    },
    {
      role: 'model',
      parts: [
        { text: 't', thought: true, thoughtSignature: seal },
        { text: 'w', thoughtSignature: 'c2ln' },
        { functionCall: { id: 'a', name: 'f', args: { a: 1 } }, thoughtSignature: seal },
        { functionCall: { name: 'f' } },
        { executableCode: { code: '1' } },
      ],
    },
    {
      role: 'user',
      parts: [
        {
          functionResponse: {
            id: 'a',
            name: 'f',
            response: { output: 'z' },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'aa' } }],
          },
        },
        { functionResponse: { name: 'f', response: { error: 'e' } } },
        { text: 'so?' },
      ],
    },
  ],
  tools: [
    {
      functionDeclarations: [
        { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } } },
        { name: 'g', parametersJsonSchema: { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } } },
      ],
    },
    { googleSearch: {} },
  ],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
  generationConfig: {
    temperature: 1,
    maxOutputTokens: 100_000,
    stopSequences: ['a'],
    responseMimeType: 'application/json',
    responseJsonSchema: { type: ['object', 'null'], allOf: [{ properties: { a: { const: 1 } } }] },
    thinkingConfig: { includeThoughts: true, thinkingBudget: 1000 },
    presencePenalty: 0.5,
  },
  safetySettings: [{ category: 'c', threshold: 'OFF' }],
  serviceTier: 'flex',
};

const junk = [null, 0, -1, 1.5, '', 'x', true, [], {}, [null], [{}], { text: 1 }, '\ud800', Number.MAX_VALUE];

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

const address = { model: 'auto', isStream: true };

describe('broken input', () => {
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    const models = ['2-flash', '2-5-pro', '3-flash', 'gemma'].map((kind) => sampleModel(kind));
    const quirks = { refusedFields: ['safetySettings', 'toolConfig'] };
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
            const request = gemini.readRequest(JSON.parse(bytes.toString()) as JsonObject, address);
            const { body: passed } = gemini.passRequest({
              bytes,
              scan: scanJson(bytes),
              request,
              model,
              quirks,
            });
            const out = JSON.parse(passed.toString()) as JsonObject;
            expect(passed.toString()).not.toContain('"tierwise.1.');
            expect(out.safetySettings).toBeUndefined();
            gemini.readRequest(out, address);
            gemini.writeRequest({ ...request, dialect: 'openai-chat' }, { model, quirks });
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
          { candidates: value },
          { candidates: [value], usageMetadata: inner },
          { candidates: [{ content: value, finishReason: inner }], promptFeedback: inner },
          { candidates: [{ content: { parts: [value, { functionCall: value }, { text: inner }] } }] },
          { candidates: [{ content: { parts: value }, index: inner }], responseId: inner },
          { error: value },
          { error: { details: value, message: inner, status: inner } },
          { error: { details: [value, { retryDelay: inner, violations: inner, reason: inner }] } },
        ];
        for (const answer of bodies) {
          if (!isObject(answer)) continue;
          try {
            gemini.readReply(answer as JsonObject);
          } catch (error) {
            if (!(error instanceof GatewayError) || error.code !== 'upstream-bad') throw error;
          }
          gemini.readError(400, answer as JsonObject, {});
        }
      }),
      { numRuns: 300 },
    );
  });

  const piece = fc.oneof(
    fc.constantFrom(
      'data: ',
      'data:',
      'event: x\n',
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
      '{"candidates":[{"content":{"parts":[{"text":"a\\u00e9"}]}}]}',
      '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":[]}}]},"finishReason":"STOP"}]}',
      '{"candidates":[{"finishReason":3,"index":"x"}],"usageMetadata":[]}',
      '{"error":"x"}',
      '{"promptFeedback":{"blockReason":"OTHER"}}',
    ),
    fc.string({ maxLength: 20, unit: 'grapheme' }),
  );

  it('in a stream never throws, and the tap hands on what it was given, event by event', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''));
        const reader = gemini.readStream();
        const tap = gemini.tapStream({ hidesUsage: false });
        const out: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          reader.push(bytes.subarray(at, at + size));
          out.push(tap.push(bytes.subarray(at, at + size)));
        }
        reader.end();
        out.push(tap.end());
        const passed = Buffer.concat(out).toString();

        // what it puts in itself is the frame of an error it found; what it takes out is `[DONE]` and data that is empty
        const given = passed.replace(/data: \{"error":\{"code":503,"message":"the stream .*\n\n$/, '');
        const isWhole = !/\[DONE\]|data: ?(?:[\r\n]|$)/.test(bytes.toString());
        if (isWhole) expect(bytes.toString().startsWith(given.replace(/\n+$/, ''))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is cut off where one event grows over 8 MB, wherever its pieces end', () => {
    const tap = gemini.tapStream({ hidesUsage: false });
    const reader = gemini.readStream();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    tap.push(Buffer.from('data: '));
    const events = [...reader.push(Buffer.from('data: '))];
    let passed = '';
    for (let sent = 0; sent < 200 && !tap.error; sent++) {
      passed += tap.push(chunk).toString();
      events.push(...reader.push(chunk));
    }

    expect(tap.error?.class).toBe('upstream-bad');
    expect(passed).toMatch(/^data: \{"error":/);
    expect(passed.length).toBeLessThan(500);
    expect(tap.push(chunk).length).toBe(0);
    expect(events).toMatchObject([{ type: 'reply-error', error: { class: 'upstream-bad' } }]);
  });
});

describe('bodies made to be slow', () => {
  const many = 20_000;

  it('with calls that are answered in reverse are read', () => {
    const ids = Array.from({ length: many }, (_, at) => `id${at}`);
    const request = gemini.readRequest(
      {
        contents: [
          { parts: [{ text: 'Hi' }] },
          { role: 'model', parts: ids.map((id) => ({ functionCall: { id, name: 'f' } })) },
          {
            parts: [...ids]
              .reverse()
              .map((id) => ({ functionResponse: { id, name: 'f', response: { output: id } } })),
          },
        ],
      },
      address,
    );

    expect(request.turns[2]?.blocks[0]).toMatchObject({ callId: `id${many - 1}` });
  });

  it('with references that double are refused before they fill the memory', () => {
    const tools = Array.from({ length: 50 }, (_, at) => ({
      type: 'function' as const,
      name: `f${at}`,
      schema: {
        type: 'object',
        $defs: Object.fromEntries(
          Array.from({ length: 30 }, (_unused, level) => [
            `d${level}`,
            {
              type: 'object',
              properties: {
                a: { $ref: `#/$defs/d${Math.min(level + 1, 29)}` },
                b: { $ref: `#/$defs/d${Math.min(level + 1, 29)}` },
              },
            },
          ]),
        ),
        properties: { x: { $ref: '#/$defs/d0' } },
      },
    }));
    const request = gemini.readRequest({ contents: [{ parts: [{ text: 'Hi' }] }] }, address);

    expect(() =>
      gemini.writeRequest({ ...request, tools }, { model: sampleModel('3-flash'), quirks: {} }),
    ).toThrow(/too large once its references/);
  });
});
