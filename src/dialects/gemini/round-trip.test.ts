import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, OpaqueReasoning, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Reply, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { letteredName, longNames } from '../names.ts';
import { gemini } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const text = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((value) => value.trim() !== '');
const word = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,19}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;

const signature = fc.base64String({ minLength: 4, maxLength: 12 });
const signed = signature.map(
  (data): OpaqueReasoning => ({ vendor: 'google', kind: 'thought-signature', data }),
);

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';
const textBlock = text.map((value): Block => ({ type: 'text', text: value }));
const media = fc.oneof(
  fc.constant<Block>({ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } }),
  fc.constant<Block>({
    type: 'document',
    source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0x' },
  }),
  fc.constant<Block>({ type: 'audio', format: 'wav', data: 'UklGRg==' }),
);
const said = fc.array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 });

/** A model's turn, and the user's that answers its calls and goes on. */
const exchange = fc
  .record({
    thought: optional(text),
    thoughtSign: signed,
    words: optional(text),
    wordsSign: optional(signed),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    callSign: signed,
    input: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    result: fc.array(media, { maxLength: 2 }),
    resultText: optional(text),
    isError: fc.boolean(),
    next: said,
  })
  .filter(({ words, calls }) => words !== undefined || calls.length > 0)
  .map((one): ((at: number) => Turn[]) => (at) => [
    {
      role: 'assistant',
      blocks: [
        ...(one.thought === undefined
          ? []
          : [{ type: 'reasoning' as const, text: one.thought, opaque: one.thoughtSign }]),
        ...(one.words === undefined ? [] : [{ type: 'text' as const, text: one.words }]),
        ...(one.words === undefined || one.wordsSign === undefined
          ? []
          : [{ type: 'reasoning' as const, text: '', opaque: one.wordsSign }]),
        ...one.calls.map((id, index) => ({
          type: 'tool-call' as const,
          id: `${id}_${at}`,
          name: 'tool',
          argumentsText: JSON.stringify(JSON.parse(JSON.stringify(one.input))),
          kind: 'function' as const,
          ...(index === 0 && { opaque: one.callSign }),
        })),
      ],
    },
    {
      role: 'user',
      blocks: [
        ...one.calls.map((id) => ({
          type: 'tool-result' as const,
          callId: `${id}_${at}`,
          blocks: [
            ...(one.resultText === undefined ? [] : [{ type: 'text' as const, text: one.resultText }]),
            ...one.result,
          ],
          // an error without words is told from a result without words by nothing
          isError: one.isError && one.resultText !== undefined,
        })),
        ...one.next,
      ],
    },
  ]);

const turns = fc
  .tuple(said, fc.array(exchange, { maxLength: 4 }))
  .map(([first, rest]): Turn[] => [{ role: 'user', blocks: first }, ...rest.flatMap((make, at) => make(at))]);

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.array(textBlock, { maxLength: 1 }),
    turns,
    others: fc.uniqueArray(
      fc.record({
        type: fc.constant('function' as const),
        name: word.filter((name) => name !== 'tool'),
        description: text,
        schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
      }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
    isStrict: fc.boolean(),
    choice: fc.nat(5),
    maxOutputTokens: optional(fc.integer({ min: 1, max: 65_536 })),
    temperature: optional(fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10)),
    topK: optional(fc.integer({ min: 1, max: 100 })),
    seed: optional(fc.nat(1000)),
    presencePenalty: optional(fc.constantFrom(-1, 0.5)),
    stop: fc.array(text, { maxLength: 5 }),
    form: fc.nat(2),
    reasoning: fc.oneof(
      fc.constant({}),
      fc.record({
        effort: fc.constantFrom('minimal' as const, 'low' as const, 'medium' as const, 'high' as const),
        isShown: fc.boolean(),
      }),
    ),
    serviceTier: optional(fc.constantFrom('flex', 'standard', 'priority')),
  })
  .map((one) => {
    const { others, isStrict, choice, temperature, topK, seed, presencePenalty, form, ...rest } = one;
    const tools: Tool[] = [
      { type: 'function' as const, name: 'tool', schema: { type: 'object', properties: { b: {} } } },
      ...others,
    ].map((tool) => (isStrict ? { ...tool, strict: true } : tool));
    // a choice that forces or forbids calls has no room for strictness
    const choices = [
      { type: 'auto' as const },
      { type: 'none' as const },
      { type: 'required' as const },
      { type: 'named' as const, name: 'tool' },
      { type: 'auto' as const },
    ] as const;
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    return defined({
      ...rest,
      dialect: 'gemini',
      model: 'the-model',
      tools,
      toolChoice: isStrict ? { type: 'auto' as const } : choices[choice],
      sampling: defined({ temperature, topK, seed, presencePenalty }),
      format: [
        { type: 'text' as const },
        { type: 'json' as const },
        { type: 'schema' as const, name: 'answer', schema, isStrict: true },
      ][form],
      stream: false,
      wantsUsage: true,
      choices: 1,
      extras: {},
    }) as ChatRequest;
  });

const target = { model: sampleModel('3-flash'), quirks: {} };
const address = { model: 'the-model', isStream: false };
const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

describe('a request, written and read again', () => {
  it('keeps every field that Gemini can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { body, warnings } = gemini.writeRequest(request, target);

        expect(gemini.readRequest(json(body), address)).toEqual(request);
        expect(warnings).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is written to the same bytes each time, and a longer conversation begins with the same ones', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const written = JSON.stringify(gemini.writeRequest(request, target));
        const shorter = { ...request, turns: request.turns.slice(0, 1) };
        const contentsOf = (one: ChatRequest): string =>
          JSON.stringify(gemini.writeRequest(one, target).body.contents).slice(0, -1);

        expect(JSON.stringify(gemini.writeRequest(structuredClone(request), target))).toBe(written);
        expect(contentsOf(request).startsWith(contentsOf(shorter))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('signs the first call of every step, whoever made it', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom('google', 'anthropic', 'openai'), (request, vendor) => {
        const foreign = (block: Block): Block =>
          'opaque' in block && block.opaque ? { ...block, opaque: { ...block.opaque, vendor } } : block;
        const moved = {
          ...request,
          turns: request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(foreign) })),
        };

        const { contents } = json(gemini.writeRequest(moved, target).body) as unknown as {
          contents: { parts: JsonObject[] }[];
        };

        for (const { parts } of contents) {
          const calls = parts.filter((part) => part.functionCall !== undefined);
          if (calls.length > 0) expect(calls[0]?.thoughtSignature).toEqual(expect.any(String));
          if (vendor !== 'google')
            for (const part of parts)
              expect([undefined, 'skip_thought_signature_validator']).toContain(part.thoughtSignature);
        }
      }),
      { numRuns: 100 },
    );
  });
});

const call = {
  request: gemini.readRequest({ contents: [{ parts: [{ text: 'x' }] }] }, address),
  exchangeId: 'resp_1',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 0,
  owner: { provider: 'sample', model: 'sample' },
};
const shown = { ...call, request: { ...call.request, reasoning: { isShown: true } } };

const counts = fc.record({
  inputTokens: fc.nat(1_000_000),
  cacheReadTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(100_000),
  reasoningTokens: fc.nat(100_000),
});

const replies: fc.Arbitrary<Reply> = fc
  .record({ words: optional(text), wordsSign: signed, calls: fc.uniqueArray(word, { maxLength: 3 }), counts })
  .map(({ words, wordsSign, calls, counts: told }) => ({
    id: 'resp_1',
    model: 'm',
    blocks: [
      ...(words === undefined
        ? []
        : [
            { type: 'text' as const, text: words },
            { type: 'reasoning' as const, text: '', opaque: wordsSign },
          ]),
      ...calls.map((id) => ({
        type: 'tool-call' as const,
        id,
        name: 'f',
        argumentsText: '{"a":1}',
        kind: 'function' as const,
      })),
    ],
    reason: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
    usage: {
      ...told,
      cacheWrite5mTokens: 0,
      cacheWrite30mTokens: 0,
      cacheWrite1hTokens: 0,
      cacheWrite12hTokens: 0,
    },
    hasUsage: true,
  }));

const streamed = (reply: Reply, to: typeof call): string => {
  const writer = gemini.writeStream(to);
  return [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
};

const gathered = (wire: string): Reply => {
  const reader = gemini.readStream();
  const gatherer = new ReplyGatherer();
  for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) gatherer.add(event);
  return gatherer.reply();
};

describe('a reply, written and read again', () => {
  it('is the same whole or streamed, and its tokens are in the same classes', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        expect(gemini.readReply(json(gemini.writeReply(reply, call)))).toEqual(reply);
        expect(gathered(streamed(reply, call))).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });

  const opaque = fc.oneof(
    fc.record({
      vendor: fc.constant('anthropic' as const),
      kind: fc.constant('signature' as const),
      data: word,
    }),
    fc.record({
      vendor: fc.constant('anthropic' as const),
      kind: fc.constant('redacted' as const),
      data: word,
    }),
    fc.record({
      vendor: fc.constant('openai' as const),
      kind: fc.constant('encrypted' as const),
      data: word,
      id: word,
    }),
  );
  const foreign = fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom('', 'Hm'), opaque).map(
        ([thought, made]): Block => ({
          type: 'reasoning',
          text: made.kind === 'redacted' ? '' : thought,
          opaque: made,
        }),
      ),
      textBlock,
      word.map(
        (id): Block => ({
          type: 'tool-call',
          id,
          name: 'f',
          argumentsText: '{"a":1}',
          kind: 'function',
        }),
      ),
    ),
    { minLength: 1, maxLength: 6 },
  );

  it.each([
    ['whole', false],
    ['streamed', true],
  ])('gives other vendors’ reasoning back at its place, marked with its owner: %s', (_, isStream) => {
    fc.assert(
      fc.property(foreign, (pieces) => {
        const unique = new Set<string>();
        const blocks = pieces.filter((block, at) => {
          // neighbours of text are one text, and an id is used once
          if (block.type === 'text') return pieces[at - 1]?.type !== 'text';
          return block.type !== 'tool-call' || (!unique.has(block.id) && unique.add(block.id));
        });
        const merged = blocks.filter((block, at) => block.type !== 'text' || blocks[at - 1]?.type !== 'text');
        const reply = { ...emptyReply, blocks: merged };
        const parts = isStream
          ? streamed(reply, shown)
              .split('\n\n')
              .filter((frame) => frame !== '')
              .flatMap((frame) => partsOf(JSON.parse(frame.slice(6)) as JsonObject))
          : partsOf(json(gemini.writeReply(reply, shown)));
        const results = merged.flatMap((block) =>
          block.type === 'tool-call'
            ? [{ functionResponse: { id: block.id, name: 'f', response: { output: 'x' } } }]
            : [],
        );

        const read = gemini.readRequest(
          {
            contents: [
              { role: 'user', parts: [{ text: 'Hi' }] },
              { role: 'model', parts },
              { role: 'user', parts: [...results, { text: 'Go on' }] },
            ],
          },
          address,
        );

        expect(read.turns[1]?.blocks).toEqual(
          merged.map((block) =>
            block.type === 'reasoning' ? { ...block, opaque: { ...block.opaque, owner: call.owner } } : block,
          ),
        );
      }),
      { numRuns: 200 },
    );
  });
});

const emptyReply: Reply = {
  id: 'a',
  model: 'm',
  blocks: [],
  reason: 'stop',
  usage: {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite30mTokens: 0,
    cacheWrite1hTokens: 0,
    cacheWrite12hTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  },
  hasUsage: true,
};

const partsOf = (body: JsonObject): JsonObject[] =>
  (body as unknown as { candidates: { content: { parts: JsonObject[] } }[] }).candidates[0]?.content.parts ??
  [];

describe('names of tools', () => {
  it('come back as the caller knows them, whatever they begin with', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100 }), (name) => {
        const written = letteredName(name);

        expect(written).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
        expect(longNames([{ type: 'function', name }]).get(written) ?? written).toBe(name);
      }),
    );
  });
});
