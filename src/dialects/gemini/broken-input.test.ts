import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { sealReasoning } from '../sealed-reasoning.ts';
import {
  checkBrokenAnswers,
  checkBrokenStreams,
  checkEndlessEvent,
  checkSpoiltBodies,
} from '../spoilt-bodies.cases.ts';
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

const address = { model: 'auto', isStream: true };

describe('broken input', () => {
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    checkSpoiltBodies({
      dialect: gemini,
      body,
      address,
      models: ['2-flash', '2-5-pro', '3-flash', 'gemma'].map((kind) => sampleModel(kind)),
      quirks: { refusedFields: ['safetySettings', 'toolConfig'] },
      writtenFrom: 'openai-chat',
      checkPassed: (passed) => {
        const out = JSON.parse(passed.toString()) as JsonObject;
        expect(passed.toString()).not.toContain('"tierwise.1.');
        expect(out.safetySettings).toBeUndefined();
        gemini.readRequest(out, address);
      },
    });
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    checkBrokenAnswers(gemini, (value, inner) => [
      value,
      { candidates: value },
      { candidates: [value], usageMetadata: inner },
      { candidates: [{ content: value, finishReason: inner }], promptFeedback: inner },
      { candidates: [{ content: { parts: [value, { functionCall: value }, { text: inner }] } }] },
      { candidates: [{ content: { parts: value }, index: inner }], responseId: inner },
      { error: value },
      { error: { details: value, message: inner, status: inner } },
      { error: { details: [value, { retryDelay: inner, violations: inner, reason: inner }] } },
    ]);
  });

  it('in a stream never throws, and the tap hands on what it was given, event by event', () => {
    checkBrokenStreams({
      dialect: gemini,
      numRuns: 2_000,
      pieces: [
        'event: x\n',
        '{"candidates":[{"content":{"parts":[{"text":"a\\u00e9"}]}}]}',
        '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":[]}}]},"finishReason":"STOP"}]}',
        '{"candidates":[{"finishReason":3,"index":"x"}],"usageMetadata":[]}',
        '{"error":"x"}',
        '{"promptFeedback":{"blockReason":"OTHER"}}',
      ],
      check: (bytes, handedOn, tap) => {
        const passed = Buffer.concat([handedOn, tap.end()]).toString();
        // what it puts in itself is the frame of an error it found; what it takes out is `[DONE]` and data that is
        // empty, but for a byte order mark
        const given = passed.replace(/data: \{"error":\{"code":503,"message":"the stream .*\n\n$/, '');
        const isWhole = !/\[DONE\]|data: ?\ufeff*(?:[\r\n]|$)/.test(bytes.toString());
        if (isWhole) expect(bytes.toString().startsWith(given.replace(/\n+$/, ''))).toBe(true);
      },
    });
  });

  it('is cut off where one event grows over 8 MB, wherever its pieces end', () => {
    checkEndlessEvent(gemini, 'data: ', /^data: \{"error":/);
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
