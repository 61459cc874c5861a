import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { anthropicWire } from './anthropic/index.ts';
import { createGeminiWire } from './gemini/index.ts';
import { openaiWire } from './openai/index.ts';
import { createResponsesWire } from './responses/index.ts';
import { speak } from './speak.ts';
import { pixel, weatherSchema } from './upstream.cases.ts';
import { vendorModel } from './vendors/index.ts';
import { type UpstreamWire, WireProblem } from './wire.ts';

const runs = 1500;
const unique = (): string => 'simulated0';
const image = `data:image/png;base64,${pixel}`;

/** One body for each wire, with as much in it as goes in. */
const bodies: readonly (readonly [wire: UpstreamWire, model: string, body: JsonObject])[] = [
  [
    openaiWire,
    'gpt-4.1',
    {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: image } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'b' }] },
      ],
      tools: [{ type: 'function', function: { name: 'f', strict: true, parameters: weatherSchema } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'v', strict: true, schema: weatherSchema },
      },
      metadata: { a: 'b' },
      stop: ['x'],
      stream: true,
      stream_options: { include_usage: true },
    },
  ],
  [
    createResponsesWire({ unique }),
    'gpt-6-sol',
    {
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', image_url: image },
          ],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'b' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: 'c' }] },
      ],
      tools: [{ type: 'function', name: 'f', strict: true, parameters: weatherSchema }],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [] },
      text: { format: { type: 'json_schema', name: 'v', strict: true, schema: weatherSchema } },
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      max_output_tokens: 100,
    },
  ],
  [
    anthropicWire,
    'claude-sonnet-4-6',
    {
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'b' }] }],
        },
      ],
      max_tokens: 5000,
      tools: [{ name: 'f', strict: true, input_schema: weatherSchema }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: weatherSchema } },
      metadata: { user_id: 'ann' },
      stop_sequences: ['x'],
    },
  ],
  [
    createGeminiWire({ unique }),
    'gemini-2.5-flash',
    {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: pixel } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'abcd' }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'b' } } }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: weatherSchema }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        stopSequences: ['x'],
        thinkingConfig: { thinkingBudget: 500, includeThoughts: true },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
    },
  ],
];

const pathsIn = (
  value: JsonValue | undefined,
  path: readonly string[] = [],
): readonly (readonly string[])[] => [
  path,
  ...(Array.isArray(value) || isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))
    : []),
];

const withAt = (
  value: JsonValue | undefined,
  [key, ...rest]: readonly string[],
  put: JsonValue,
): JsonValue => {
  if (key === undefined) return put;
  const copy: Record<string, JsonValue | undefined> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, JsonValue>)
    : { ...(value as JsonObject) };
  copy[key] = withAt(copy[key], rest, put);
  return copy as JsonObject;
};

describe.each(bodies)('a wire that reads broken bodies ($name)', (wire, name, body) => {
  const model = vendorModel(name) as SimulatedModel;
  const headers = { 'anthropic-version': '2023-06-01' };
  const route = { type: 'answer' } as const;
  const read = (asked: JsonObject) => wire.read(asked, { headers, model, organisation: 'k', route });
  const source = { answer: () => undefined };

  it('takes the whole one', () => {
    expect(() => read(body)).not.toThrow();
  });

  it('answers or refuses them, and never falls over', () => {
    const places = pathsIn(body).filter((path) => path.length > 0);

    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 })), {
          minLength: 1,
          maxLength: 2,
        }),
        (changes) => {
          const broken = changes.reduce<JsonValue>(
            (before, [path, put]) => withAt(before, path, put as JsonValue),
            body,
          );
          try {
            // two changes may leave a hole in a list, which JSON has not
            const ask = read(JSON.parse(JSON.stringify(broken)) as JsonObject);
            expect(speak(ask, { model, source, fault: undefined, newCallId: unique }).pieces).toBeDefined();
          } catch (cause) {
            if (!(cause instanceof WireProblem)) throw cause;
            expect(cause.status).toBeGreaterThanOrEqual(400);
            expect(cause.status).toBeLessThan(500);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});
