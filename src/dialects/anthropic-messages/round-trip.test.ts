import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Reply, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { anthropicMessages } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const text = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((value) => value.trim() !== '');
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';
const textBlock = fc
  .record({ text, cache: optional(fc.constant('5m' as const)) })
  .map(({ text: said, cache }): Block => ({ type: 'text', text: said, ...(cache && { cache }) }));
const media = fc.oneof(
  fc.constant<Block>({ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: png } }),
  fc.constant<Block>({ type: 'image', source: { type: 'url', url: 'https://example.com/a' } }),
  word.map(
    (title): Block => ({
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBERi0x' },
      title,
    }),
  ),
  text.map((said): Block => ({ type: 'document', source: { type: 'text', text: said }, context: 'c' })),
);
const said = fc.array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 });

/** An assistant turn, and the user turn that answers its calls and goes on. */
const exchange = fc
  .record({
    thought: optional(word),
    words: optional(text),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    input: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    result: fc.array(
      fc.oneof(
        text.map((value): Block => ({ type: 'text', text: value })),
        media,
      ),
      { maxLength: 2 },
    ),
    isError: fc.boolean(),
    next: said,
  })
  .filter(({ words, calls }) => words !== undefined || calls.length > 0)
  .map(({ thought, words, calls, input, result, isError, next }): ((at: number) => Turn[]) => (at) => [
    {
      role: 'assistant',
      blocks: [
        ...(thought === undefined
          ? []
          : [
              {
                type: 'reasoning' as const,
                text: thought,
                opaque: { vendor: 'anthropic' as const, kind: 'signature' as const, data: 's' },
              },
            ]),
        ...(words === undefined ? [] : [{ type: 'text' as const, text: words }]),
        ...calls.map((id) => ({
          type: 'tool-call' as const,
          id: `${id}_${at}`,
          name: 'tool',
          argumentsText: JSON.stringify(JSON.parse(JSON.stringify(input))),
          kind: 'function' as const,
        })),
      ],
    },
    {
      role: 'user',
      blocks: [
        ...calls.map((id) => ({
          type: 'tool-result' as const,
          callId: `${id}_${at}`,
          blocks: result,
          isError,
        })),
        ...next,
      ],
    },
  ]);

const turns = fc
  .tuple(said, fc.array(exchange, { maxLength: 4 }))
  .map(([first, rest]): Turn[] => [{ role: 'user', blocks: first }, ...rest.flatMap((make, at) => make(at))]);

const others = fc.uniqueArray(
  fc.record({
    type: fc.constant('function' as const),
    name: word.filter((name) => name !== 'tool'),
    description: text,
    schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
);

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.array(
      text.map((value): Block => ({ type: 'text', text: value })),
      { maxLength: 1 },
    ),
    turns,
    others,
    choice: fc.nat(4),
    isParallelOff: fc.boolean(),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    temperature: optional(fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10)),
    topK: optional(fc.nat(100)),
    stop: fc.array(text, { maxLength: 4 }),
    isSchema: fc.boolean(),
    reasoning: fc.oneof(
      fc.constant({}),
      fc.constant({ mode: 'off' as const }),
      fc.record({
        mode: fc.constant('adaptive' as const),
        effort: fc.constantFrom(
          'low' as const,
          'medium' as const,
          'high' as const,
          'xhigh' as const,
          'max' as const,
        ),
        isShown: fc.boolean(),
      }),
    ),
    stream: fc.boolean(),
    endUser: optional(word),
  })
  .map(({ others: more, choice, isParallelOff, temperature, topK, isSchema, ...rest }) => {
    const tools: Tool[] = [
      { type: 'function', name: 'tool', schema: { type: 'object', properties: {} }, strict: true },
      ...more,
    ].map((tool) =>
      'strict' in tool ? { ...tool, schema: { ...tool.schema, additionalProperties: false } } : tool,
    ) as Tool[];
    const toolChoice = (
      [undefined, { type: 'none' }, { type: 'required' }, { type: 'named', name: 'tool' }] as const
    )[choice];
    const isOff = isParallelOff && toolChoice?.type !== 'none';
    const isThinking = 'effort' in rest.reasoning;
    return defined({
      ...rest,
      dialect: 'anthropic-messages',
      model: 'claude-test',
      tools,
      // "auto" is written only where calls side by side are off
      toolChoice: toolChoice ?? (isOff ? { type: 'auto' as const } : undefined),
      parallelTools: isOff ? false : undefined,
      sampling: isThinking ? {} : defined({ temperature, topK }),
      format: isSchema
        ? {
            type: 'schema',
            name: 'answer',
            schema: { type: 'object', properties: {}, additionalProperties: false },
            isStrict: true,
          }
        : { type: 'text' },
      wantsUsage: true,
      choices: 1,
      extras: {},
    }) as ChatRequest;
  });

const target = {
  model: sampleModel('test', {
    reasoning: {
      type: 'adaptive',
      efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
      canTurnOff: true,
      takesBudget: false,
    },
  }),
  quirks: {},
};

/** Four cache marks are taken, so a written request holds the last four at most. */
const withLastMarks = (request: ChatRequest): ChatRequest => {
  let skip =
    request.turns.reduce((sum, turn) => sum + turn.blocks.filter((block) => 'cache' in block).length, 0) - 4;
  return {
    ...request,
    maxOutputTokens: Math.min(request.maxOutputTokens ?? 0, target.model.maxOutputTokens),
    turns: request.turns.map((turn) => ({
      ...turn,
      blocks: turn.blocks.map((block) => {
        if (!('cache' in block) || skip-- <= 0) return block;
        const { cache: _, ...bare } = block;
        return bare;
      }),
    })),
  };
};

describe('a request, written and read again', () => {
  it('keeps every field that Messages can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { body } = anthropicMessages.writeRequest(request, target);
        const read = anthropicMessages.readRequest(JSON.parse(JSON.stringify(body)) as JsonObject);

        expect(read).toEqual(withLastMarks(request));
      }),
      { numRuns: 300 },
    );
  });

  it('is written to the same bytes each time', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const once = JSON.stringify(anthropicMessages.writeRequest(request, target));

        expect(JSON.stringify(anthropicMessages.writeRequest(structuredClone(request), target))).toBe(once);
      }),
      { numRuns: 50 },
    );
  });
});

const call = {
  request: anthropicMessages.readRequest({
    model: 'm',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'x' }],
  }),
  exchangeId: '1',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 0,
  owner: { provider: 'sample', model: 'sample' },
};

const counts = fc.record({
  inputTokens: fc.nat(1_000_000),
  cacheReadTokens: fc.nat(1_000_000),
  cacheWrite5mTokens: fc.nat(1_000_000),
  cacheWrite1hTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(100_000),
  reasoningTokens: fc.nat(100_000),
});

const replies: fc.Arbitrary<Reply> = fc
  .record({
    words: optional(text),
    thought: optional(word),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    counts,
  })
  .map(({ words, thought, calls, counts: told }) => ({
    id: 'msg_1',
    model: 'm',
    blocks: [
      ...(thought === undefined
        ? []
        : [
            {
              type: 'reasoning' as const,
              text: thought,
              opaque: { vendor: 'anthropic' as const, kind: 'signature' as const, data: 's' },
            },
          ]),
      ...(words === undefined ? [] : [{ type: 'text' as const, text: words }]),
      ...calls.map((id) => ({
        type: 'tool-call' as const,
        id,
        name: 'f',
        argumentsText: '{"a":1}',
        kind: 'function' as const,
      })),
    ],
    reason: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
    usage: { ...told, cacheWrite30mTokens: 0, cacheWrite12hTokens: 0 },
    hasUsage: true,
    serviceTier: 'priority',
  }));

describe('a reply, written and read again', () => {
  it('is the same whole or streamed, and its tokens are in the same classes', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const whole = anthropicMessages.readReply(
          JSON.parse(JSON.stringify(anthropicMessages.writeReply(reply, call))) as JsonObject,
        );
        const writer = anthropicMessages.writeStream(call);
        const wire = [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
        const reader = anthropicMessages.readStream();
        const gatherer = new ReplyGatherer();
        for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) gatherer.add(event);

        expect(whole).toEqual(reply);
        expect(gatherer.reply()).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });
});
