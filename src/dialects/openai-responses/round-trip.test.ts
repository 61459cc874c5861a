import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { efforts } from '../../core/model.ts';
import { type Reply, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { scanJson } from '../../kit/json-scan.ts';
import type { ReplyCall } from '../dialect.ts';
import { sealMark } from '../sealed-reasoning.ts';
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

const call: ReplyCall = {
  request: openaiResponses.readRequest({
    model: 'm',
    input: 'x',
    reasoning: { summary: 'auto' },
    tools: [{ type: 'custom', name: 'custom' }],
  }),
  exchangeId: '1',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 0,
  owner: { provider: 'anthropic', model: 'claude' },
};

const counts = fc.record({
  inputTokens: fc.nat(1_000_000),
  cacheReadTokens: fc.nat(1_000_000),
  cacheWrite30mTokens: fc.nat(1_000_000),
  cacheWrite12hTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(100_000),
  reasoningTokens: fc.nat(100_000),
});

const callBlock = (id: string, isCustom: boolean): Block => ({
  type: 'tool-call',
  id,
  name: isCustom ? 'custom' : 'f',
  argumentsText: '{"a":1}',
  kind: isCustom ? 'custom' : 'function',
});

const replies: fc.Arbitrary<Reply> = fc
  .record({
    thoughts: optional(word),
    said: optional(text),
    calls: fc.uniqueArray(word, { maxLength: 3 }),
    isCustom: fc.boolean(),
    counts,
  })
  .map(({ thoughts, said, calls, isCustom, counts: told }) => ({
    id: 'resp_1',
    model: 'm',
    blocks: [
      ...(thoughts === undefined
        ? []
        : [
            {
              type: 'reasoning' as const,
              text: thoughts,
              opaque: { vendor: 'openai' as const, kind: 'encrypted' as const, data: 'gA', id: 'rs_1_0' },
            },
          ]),
      ...(said === undefined ? [] : [{ type: 'text' as const, text: said }]),
      ...calls.map((id) => callBlock(id, isCustom)),
    ],
    reason: calls.length > 0 ? ('tool-calls' as const) : ('stop' as const),
    usage: { ...noUsage, ...told },
    hasUsage: true,
    serviceTier: 'default',
  }));

const asWritten = (reply: Reply): JsonObject =>
  JSON.parse(JSON.stringify(openaiResponses.writeReply(reply, call))) as JsonObject;

const asStreamed = (reply: Reply): string => {
  const writer = openaiResponses.writeStream(call);
  return [...replyEvents(reply)].map((event) => writer.write(event)).join('') + writer.end();
};

describe('a reply, written and read again', () => {
  it('is the same whole or streamed, and its tokens are in the same classes', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const reader = openaiResponses.readStream();
        const gatherer = new ReplyGatherer();
        const events = [...reader.push(Buffer.from(asStreamed(reply))), ...reader.end()];
        for (const event of events) gatherer.add(event);

        expect(openaiResponses.readReply(asWritten(reply))).toEqual(reply);
        expect(gatherer.reply()).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });

  it('ends its stream with what it is as a whole', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const last = asStreamed(reply).trimEnd().split('data: ').at(-1) ?? '';

        expect((JSON.parse(last) as JsonObject).response).toEqual(asWritten(reply));
      }),
      { numRuns: 50 },
    );
  });
});

describe("another vendor's reasoning", () => {
  const signed: Block = {
    type: 'reasoning',
    text: 'The very words.',
    opaque: { vendor: 'anthropic', kind: 'signature', data: 'sig==' },
  };
  const redacted: Block = {
    type: 'reasoning',
    text: '',
    opaque: { vendor: 'anthropic', kind: 'redacted', data: 'red' },
  };
  const onCall: Block = {
    ...(callBlock('call_1', false) as Block & { type: 'tool-call' }),
    opaque: { vendor: 'google', kind: 'thought-signature', data: 'ts' },
  };
  const bare: Block = { type: 'reasoning', text: 'Only words.' };
  const answer: Reply = {
    id: 'up',
    model: 'm',
    blocks: [signed, redacted, bare, onCall, { type: 'text', text: 'Hi' }],
    reason: 'tool-calls',
    usage: noUsage,
    hasUsage: false,
  };
  const nextBody: JsonObject = {
    model: 'm',
    input: [
      { role: 'user', content: 'x' },
      ...(asWritten(answer).output as JsonObject[]),
      { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
    ],
  };

  it('comes back with the conversation, whole, on its call, and under the name of who made it', () => {
    const { turns: told } = openaiResponses.readRequest(nextBody);
    const owner = call.owner;

    expect(told[1]?.blocks).toMatchObject([
      { ...signed, opaque: { vendor: 'anthropic', kind: 'signature', data: 'sig==', owner } },
      { ...redacted, opaque: { vendor: 'anthropic', kind: 'redacted', data: 'red', owner } },
      bare,
      { ...onCall, opaque: { vendor: 'google', kind: 'thought-signature', data: 'ts', owner } },
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('never reaches OpenAI, passed or written', () => {
    const bytes = Buffer.from(JSON.stringify(nextBody));
    const request = openaiResponses.readRequest(nextBody);
    const { body: passed } = openaiResponses.passRequest({
      bytes,
      scan: scanJson(bytes),
      request,
      ...target,
    });
    const { body: written } = openaiResponses.writeRequest(request, target);

    expect(passed.includes(sealMark)).toBe(false);
    expect(passed.includes('"fc_')).toBe(false);
    expect(passed.includes('"call_id":"call_1"')).toBe(true);
    expect(JSON.stringify(written)).not.toContain('tierwise');
  });
});

describe('a tapped stream', () => {
  const ascii = (wire: string) =>
    wire.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

  it('counts the bytes delivered as they are decoded, however they are escaped', () => {
    fc.assert(
      fc.property(replies, fc.boolean(), (reply, isAscii) => {
        const wire = asStreamed(reply);
        const tap = openaiResponses.tapStream({ hidesUsage: true });
        tap.push(Buffer.from(isAscii ? ascii(wire) : wire));
        const said = reply.blocks.map((block) =>
          block.type === 'tool-call' ? block.argumentsText : 'text' in block ? block.text : '',
        );

        expect(tap.deliveredBytes).toBe(Buffer.byteLength(said.join('')));
        expect(tap.usage).toEqual(reply.usage);
        expect(tap.endReason).toBe(reply.reason);
        expect(tap.opaqueData).toEqual(reply.blocks.some(({ type }) => type === 'reasoning') ? ['gA'] : []);
      }),
      { numRuns: 300 },
    );
  });

  it('hands on the very chunk where it holds whole events only', () => {
    const tap = openaiResponses.tapStream({ hidesUsage: true });
    const wire = asStreamed({ ...(fc.sample(replies, 1)[0] as Reply) });
    const chunks = wire.split(/(?<=\n\n)/).map((event) => Buffer.from(event));

    for (const chunk of chunks) expect(tap.push(chunk)).toBe(chunk);
  });
});
