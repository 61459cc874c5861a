import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { efforts } from '../../core/model.ts';
import { type Reply, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { openaiChat } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const textBlock = text.map((value): Block => ({ type: 'text', text: value }));
const media = fc.oneof(
  fc.constant<Block>({ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'iVBO' } }),
  fc.constant<Block>({ type: 'image', source: { type: 'url', url: 'https://example.com/a' }, detail: 'low' }),
  fc.constant<Block>({ type: 'audio', format: 'wav', data: 'UklG' }),
  word.map(
    (title): Block => ({
      type: 'document',
      source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
      title,
    }),
  ),
  fc.constant<Block>({ type: 'document', source: { type: 'file', fileId: 'file-1' } }),
);
const userTurn = fc
  .record({
    blocks: fc.array(fc.oneof(textBlock, media), { minLength: 1, maxLength: 3 }),
    name: fc.option(word, { nil: undefined }),
  })
  .map(({ blocks, name }): Turn => ({ role: 'user', blocks, ...(name !== undefined && { name }) }));

/** An assistant turn, and the results of the calls it makes. */
const exchange = fc
  .record({
    said: fc.option(text, { nil: undefined }),
    refusal: fc.option(text, { nil: undefined }),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    name: fc.option(word, { nil: undefined }),
    result: text,
  })
  .filter(({ said, refusal, calls }) => said !== undefined || refusal !== undefined || calls.length > 0)
  .map(({ said, refusal, calls, name, result }): Turn[] => {
    const blocks: Block[] = [
      ...(said === undefined ? [] : [{ type: 'text', text: said } as const]),
      ...(refusal === undefined ? [] : [{ type: 'refusal', text: refusal } as const]),
      ...calls.map((id, at) => {
        const kind = at === 2 ? ('custom' as const) : ('function' as const);
        return { type: 'tool-call' as const, id, name: `tool_${at}`, argumentsText: `{"at":${at}}`, kind };
      }),
    ];
    const results = calls.map((callId) => ({
      type: 'tool-result' as const,
      callId,
      blocks: [{ type: 'text' as const, text: result }],
      isError: false,
    }));
    return [
      { role: 'assistant', blocks, ...(name !== undefined && { name }) },
      ...(results.length > 0 ? [{ role: 'user', blocks: results } as const] : []),
    ];
  });

const systemTurn = text.map((value): Turn => ({ role: 'system', blocks: [{ type: 'text', text: value }] }));
const turns = fc
  .tuple(
    userTurn,
    fc.array(
      fc.oneof(
        exchange,
        userTurn.map((turn) => [turn]),
        systemTurn.map((turn) => [turn]),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([first, rest]) => [first, ...rest.flat()]);

const tools = fc.uniqueArray(
  fc.oneof(
    fc.record({
      type: fc.constant('function' as const),
      name: word,
      description: text,
      strict: fc.constant(false),
      schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
    }),
    fc.record({
      type: fc.constant('custom' as const),
      name: word,
      grammar: fc.constant({ syntax: 'regex', definition: '.*' }),
    }),
  ),
  { selector: (tool) => tool.name, minLength: 1, maxLength: 4 },
);

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: word,
    system: fc.array(textBlock, { maxLength: 1 }),
    turns,
    tools: fc.oneof(fc.constant<readonly Tool[]>([]), tools),
    choice: fc.nat(4),
    parallelTools: optional(fc.boolean()),
    maxOutputTokens: optional(fc.integer({ min: 1, max: 32_000 })),
    temperature: optional(fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10)),
    seed: optional(fc.integer()),
    stop: fc.array(text, { maxLength: 4 }),
    format: fc.oneof(
      fc.constant({ type: 'text' as const }),
      fc.constant({ type: 'json' as const }),
      fc.record({
        type: fc.constant('schema' as const),
        name: word,
        schema: fc.constant({ type: 'object' }),
        isStrict: fc.constant(false),
      }),
    ),
    effort: optional(fc.constantFrom(...efforts)),
    stream: fc.boolean(),
    choices: fc.integer({ min: 1, max: 4 }),
    logprobs: optional(fc.record({ top: fc.integer({ min: 0, max: 20 }) })),
    endUser: optional(word),
    metadata: optional(fc.dictionary(word, word)),
    serviceTier: optional(fc.constantFrom('auto', 'flex')),
    verbosity: optional(word),
    extras: fc.dictionary(
      fc.constantFrom('store', 'prompt_cache_key', '__proto__', 'x'),
      fc.jsonValue().filter((value) => value !== null),
    ),
  })
  .map(({ choice, temperature, seed, effort, ...rest }) => {
    const offered: readonly Tool[] = rest.tools;
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
      dialect: 'openai-chat',
      // without tools Chat has no place for it
      parallelTools: names.length === 0 ? undefined : rest.parallelTools,
      toolChoice,
      sampling: defined({ temperature, seed }),
      reasoning: effort === undefined ? {} : effort === 'none' ? { mode: 'off', effort } : { effort },
      wantsUsage: true,
      extras: rest.extras as JsonObject,
    }) as ChatRequest;
  });

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;

const target = {
  model: sampleModel({ reasoning: { type: 'effort', efforts: [...efforts] } }, 'm'),
  quirks: {},
};

describe('a request, written and read again', () => {
  it('keeps every field that Chat can say', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { body, warnings } = openaiChat.writeRequest(request, target);
        const read = openaiChat.readRequest(JSON.parse(JSON.stringify(body)) as JsonObject);

        expect(warnings).toEqual([]);
        // through JSON, which has no -0
        expect(read).toEqual(JSON.parse(JSON.stringify({ ...request, model: 'm' })));
      }),
      { numRuns: 300 },
    );
  });

  it('is written to the same bytes each time', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const once = JSON.stringify(openaiChat.writeRequest(request, target).body);

        expect(JSON.stringify(openaiChat.writeRequest(structuredClone(request), target).body)).toBe(once);
      }),
      { numRuns: 50 },
    );
  });
});

const call = {
  request: openaiChat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }] }),
  exchangeId: '1',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 0,
  owner: { provider: 'sample', model: 'sample' },
};

const counts = fc.record({
  inputTokens: fc.nat(1_000_000),
  cacheReadTokens: fc.nat(1_000_000),
  cacheWrite30mTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(100_000),
  reasoningTokens: fc.nat(100_000),
});

const replies: fc.Arbitrary<Reply> = fc
  .record({ said: optional(text), calls: fc.uniqueArray(word, { maxLength: 3 }), counts })
  .filter(({ said, calls }) => said !== undefined || calls.length > 0)
  .map(({ said, calls, counts }) => ({
    id: 'chatcmpl-1',
    model: 'm',
    blocks: [
      ...(said === undefined ? [] : [{ type: 'text' as const, text: said }]),
      ...calls.map((id) => ({
        type: 'tool-call' as const,
        id,
        name: 'f',
        argumentsText: '{"a":1}',
        kind: 'function' as const,
      })),
    ],
    reason: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
    usage: { ...counts, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, cacheWrite12hTokens: 0 },
    hasUsage: true,
  }));

describe('a reply, written and read again', () => {
  it('is the same whole or streamed, and its tokens are in the same classes', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const whole = openaiChat.readReply(
          JSON.parse(JSON.stringify(openaiChat.writeReply(reply, call))) as JsonObject,
        );
        const writer = openaiChat.writeStream(call);
        const wire = [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
        const reader = openaiChat.readStream();
        const gatherer = new ReplyGatherer();
        for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) gatherer.add(event);

        expect(whole).toEqual(reply);
        expect(gatherer.reply()).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a tapped stream', () => {
  const ascii = (wire: string) =>
    wire.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

  it('counts the bytes delivered as they are decoded, however they are escaped', () => {
    fc.assert(
      fc.property(replies, fc.boolean(), (reply, isAscii) => {
        const writer = openaiChat.writeStream(call);
        const wire = [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
        const tap = openaiChat.tapStream({ hidesUsage: true });
        tap.push(Buffer.from(isAscii ? ascii(wire) : wire));
        const said = reply.blocks.map((block) =>
          block.type === 'text' ? block.text : block.type === 'tool-call' ? block.argumentsText : '',
        );

        expect(tap.deliveredBytes).toBe(Buffer.byteLength(said.join('')));
        expect(tap.usage).toEqual(reply.usage);
        expect(tap.endReason).toBe(reply.reason);
      }),
      { numRuns: 300 },
    );
  });
});
