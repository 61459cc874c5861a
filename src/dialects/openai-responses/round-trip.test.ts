import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { efforts } from '../../core/model.ts';
import { openaiResponses } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;

const textBlock = fc
  .record({ text, cache: optional(fc.constantFrom('30m' as const, '12h' as const)) })
  .map((block): Block => defined({ type: 'text' as const, ...block }));
const media = fc.oneof(
  fc.constant<Block>({
    type: 'image',
    source: { type: 'base64', mediaType: 'image/png', data: 'iVBO' },
    detail: 'auto',
  }),
  fc.constant<Block>({ type: 'image', source: { type: 'url', url: 'https://example.com/a' }, detail: 'low' }),
  fc.constant<Block>({ type: 'image', source: { type: 'file', fileId: 'file-1' }, detail: 'high' }),
  word.map(
    (title): Block => ({
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
      title,
    }),
  ),
  fc.constant<Block>({ type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } }),
  fc.constant<Block>({ type: 'document', source: { type: 'file', fileId: 'file-2' } }),
  fc.constant<Block>({ type: 'audio', format: 'wav', data: 'UklG' }),
);
const userTurn = fc
  .array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 })
  .map((blocks): Turn => ({ role: 'user', blocks }));
const systemTurn = text.map((value): Turn => ({ role: 'system', blocks: [{ type: 'text', text: value }] }));

const thought = fc.record({ text: fc.oneof(fc.constant(''), text), data: word, id: optional(word) }).map(
  ({ text: summary, data, id }): Block => ({
    type: 'reasoning',
    text: summary,
    opaque: {
      vendor: 'openai',
      kind: 'encrypted',
      data: `gAAA${data}`,
      ...(id !== undefined && { id }),
    },
  }),
);

/** An assistant turn, and the results of the calls it makes. */
const exchange = (prefix: number) =>
  fc
    .record({
      thoughts: fc.array(thought, { maxLength: 2 }),
      said: fc.array(
        fc.oneof(
          text.map((value): Block => ({ type: 'text', text: value })),
          text.map((value): Block => ({ type: 'refusal', text: value })),
        ),
        { maxLength: 2 },
      ),
      calls: fc.array(fc.record({ name: word, isCustom: fc.boolean(), argumentsText: text }), {
        maxLength: 3,
      }),
      result: fc.array(
        fc.oneof(
          text.map((value): Block => ({ type: 'text', text: value })),
          media,
        ),
        {
          maxLength: 2,
        },
      ),
    })
    .filter(({ thoughts, said, calls }) => thoughts.length + said.length + calls.length > 0)
    .map(({ thoughts, said, calls, result }): Turn[] => {
      const made = calls.map(({ name, isCustom, argumentsText }, at) => ({
        type: 'tool-call' as const,
        id: `call_${prefix}_${at}`,
        name,
        argumentsText,
        kind: isCustom ? ('custom' as const) : ('function' as const),
      }));
      const isPlain = result.every(({ type }) => type === 'text');
      // texts side by side are told as one
      const joined: Block[] = result.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
        ? [
            {
              type: 'text',
              text: result.map((block) => (block.type === 'text' ? block.text : '')).join('\n'),
            },
          ]
        : [];
      const results = made.map(({ id }) => ({
        type: 'tool-result' as const,
        callId: id,
        blocks: isPlain ? joined : result,
        isError: false,
      }));
      return [
        { role: 'assistant', blocks: [...thoughts, ...said, ...made] },
        results.length > 0
          ? { role: 'user', blocks: results }
          : { role: 'user', blocks: [{ type: 'text', text: 'Go on.' }] },
      ];
    });

const turns = fc
  .tuple(
    userTurn,
    fc.array(fc.nat(1_000), { maxLength: 5 }).chain((prefixes) =>
      fc.tuple(
        ...[...new Set(prefixes)].map((prefix) =>
          fc.oneof(
            exchange(prefix),
            userTurn.map((turn) => [turn]),
            systemTurn.map((turn) => [turn]),
          ),
        ),
      ),
    ),
  )
  .map(([first, rest]): Turn[] => [first, ...rest.flat()]);

const tools = fc.uniqueArray(
  fc.oneof(
    fc.record({
      type: fc.constant('function' as const),
      name: word,
      description: text,
      strict: fc.boolean(),
      schema: fc.constant({
        type: 'object',
        properties: { a: { type: 'string' } },
        required: ['a'],
        additionalProperties: false,
      }),
    }),
    fc.record({
      type: fc.constant('custom' as const),
      name: word,
      grammar: fc.constant({ syntax: 'regex', definition: '.*' }),
    }),
    word.map((name) => ({
      type: 'hosted' as const,
      dialect: 'openai-responses' as const,
      kind: 'mcp',
      name,
      raw: { type: 'mcp', server_label: name },
    })),
  ),
  { selector: (tool) => tool.name, maxLength: 4 },
);

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: word,
    system: fc.array(
      text.map((value): Block => ({ type: 'text', text: value })),
      { maxLength: 1 },
    ),
    turns,
    tools,
    choice: fc.nat(4),
    parallelTools: optional(fc.boolean()),
    maxOutputTokens: optional(fc.integer({ min: 16, max: 32_000 })),
    temperature: optional(fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10)),
    topP: optional(fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10)),
    format: fc.oneof(
      fc.constant({ type: 'text' as const }),
      fc.constant({ type: 'json' as const }),
      fc.record({
        type: fc.constant('schema' as const),
        name: word,
        schema: fc.constant({
          type: 'object',
          properties: { a: { type: 'integer' } },
          required: ['a'],
          additionalProperties: false,
        }),
        isStrict: fc.boolean(),
      }),
    ),
    effort: optional(fc.constantFrom(...efforts)),
    isShown: optional(fc.constant(true)),
    stream: fc.boolean(),
    endUser: optional(word),
    metadata: optional(fc.dictionary(word, word)),
    serviceTier: optional(fc.constantFrom('auto', 'flex')),
    verbosity: optional(word),
    extras: fc.dictionary(
      fc.constantFrom('max_tool_calls', 'prompt_cache_key', '__proto__', 'reasoning.mode', 'text.x', 'x'),
      fc.jsonValue().filter((value) => value !== null),
    ),
  })
  .map(({ choice, temperature, topP, effort, isShown, ...rest }) => {
    const offered: readonly Tool[] = rest.tools.map((tool) => {
      if (tool.type !== 'hosted') return tool;
      const { name: _name, ...hosted } = tool;
      return hosted;
    });
    const names = offered.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]));
    const toolChoice =
      names.length === 0
        ? undefined
        : (
            [
              { type: 'auto' },
              { type: 'required' },
              { type: 'named', name: names[0] as string },
              { type: 'subset', names, isRequired: true },
            ] as const
          )[choice];
    return defined({
      ...rest,
      dialect: 'openai-responses',
      tools: offered,
      parallelTools: offered.length === 0 ? undefined : rest.parallelTools,
      toolChoice,
      sampling: defined({ temperature, topP }),
      stop: [],
      choices: 1,
      reasoning: defined({ mode: effort === 'none' ? 'off' : undefined, effort, isShown }),
      wantsUsage: true,
      // nothing is kept upstream
      state: { store: false, isBackground: false, hasReferences: false },
      extras: rest.extras as JsonObject,
    }) as ChatRequest;
  });

const target = {
  model: sampleModel({ reasoning: { type: 'effort', efforts: [...efforts] }, sampling: 'yes' }),
  quirks: {},
};

describe('a request, written and read again', () => {
  it('keeps every field that Responses can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { body, warnings } = openaiResponses.writeRequest(request, target);
        const read = openaiResponses.readRequest(JSON.parse(JSON.stringify(body)) as JsonObject);

        expect(warnings).toEqual([]);
        // through JSON, which has no -0
        expect(read).toEqual(JSON.parse(JSON.stringify({ ...request, model: 'gpt-test' })));
      }),
      { numRuns: 300 },
    );
  });

  it('is written to the same bytes each time', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const once = JSON.stringify(openaiResponses.writeRequest(request, target).body);

        expect(JSON.stringify(openaiResponses.writeRequest(structuredClone(request), target).body)).toBe(
          once,
        );
      }),
      { numRuns: 50 },
    );
  });
});
