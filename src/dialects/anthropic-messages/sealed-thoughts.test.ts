import { describe, expect, it } from 'vitest';
import type { ChatRequest, OpaqueReasoning } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Reply, type ReplyEvent, ReplyGatherer, replyEvents } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { scanJson } from '../../kit/json-scan.ts';
import type { ReplyCall } from '../dialect.ts';
import { isSealed, sealReasoning } from '../sealed-reasoning.ts';
import { anthropicMessages } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const encrypted: OpaqueReasoning = { vendor: 'openai', kind: 'encrypted', data: 'abc', id: 'rs_1' };
const thought: OpaqueReasoning = { vendor: 'google', kind: 'thought-signature', data: 'def' };
const owner = { provider: 'upstream', model: 'maker' };

const question = { role: 'user', content: 'Weather?' };
const tools = [{ name: 'look', input_schema: { type: 'object' } }];
const thinking = { type: 'adaptive' };

const bodyOf = (messages: readonly object[], rest: object = {}): JsonObject =>
  ({ model: 'auto', max_tokens: 9000, tools, messages, ...rest }) as unknown as JsonObject;

const callFor = (rest: object): ReplyCall => ({
  request: anthropicMessages.readRequest(bodyOf([question], rest)),
  exchangeId: '01J',
  modelName: 'maker',
  createdSec: 1,
  estimatedPromptTokens: 10,
  owner,
});

const reply: Reply = {
  id: 'r',
  model: 'maker',
  blocks: [
    { type: 'reasoning', text: 'Let me look.', opaque: encrypted },
    { type: 'text', text: 'Looking.' },
    { type: 'tool-call', id: 'c1', name: 'look', argumentsText: '{}', kind: 'function', opaque: thought },
    { type: 'tool-call', id: 'c2', name: 'look', argumentsText: '{}', kind: 'function' },
  ],
  reason: 'tool-calls',
  usage: noUsage,
  hasUsage: true,
};

const contentOf = (call: ReplyCall): JsonObject[] =>
  anthropicMessages.writeReply(reply, call).content as unknown as JsonObject[];

/** What a client gathers from the stream, read by the very reader that reads Anthropic's. */
const streamed = (call: ReplyCall, events: Iterable<ReplyEvent> = replyEvents(reply)): Reply => {
  const writer = anthropicMessages.writeStream(call);
  let text = '';
  for (const event of events) text += writer.write(event);
  const reader = anthropicMessages.readStream();
  const gatherer = new ReplyGatherer();
  for (const event of [...reader.push(Buffer.from(text + writer.end())), ...reader.end()])
    gatherer.add(event);
  return gatherer.reply();
};

const answered = (content: readonly object[]): JsonObject =>
  bodyOf([
    question,
    { role: 'assistant', content },
    {
      role: 'user',
      content: ['c1', 'c2'].map((tool_use_id) => ({ type: 'tool_result', tool_use_id, content: 'sun' })),
    },
  ]);

const passed = (body: JsonObject, cut?: ReadonlySet<string>, capabilities = {}): JsonObject => {
  const bytes = Buffer.from(JSON.stringify(body, null, 1));
  const { body: out } = anthropicMessages.passRequest({
    bytes,
    scan: scanJson(bytes),
    request: anthropicMessages.readRequest(body),
    model: sampleModel('claude-opus-5', capabilities),
    quirks: {},
    ...(cut && { cut }),
  });
  return JSON.parse(out.toString()) as JsonObject;
};

const messagesOf = (body: JsonObject) => body.messages as unknown as { content: readonly JsonObject[] }[];

describe('another vendor’s thoughts', () => {
  it('reach who asked for thinking, and come back with their maker', () => {
    const content = contentOf(callFor({ thinking }));

    expect(content.map(({ type }) => type)).toEqual(['thinking', 'text', 'thinking', 'tool_use', 'tool_use']);
    expect(content[0]).toMatchObject({ thinking: 'Let me look.' });
    expect(anthropicMessages.readRequest(answered(content)).turns[1]?.blocks).toEqual([
      { type: 'reasoning', text: 'Let me look.', opaque: { ...encrypted, owner } },
      reply.blocks[1],
      { ...reply.blocks[2], opaque: { ...thought, owner } },
      reply.blocks[3],
    ]);
  });

  it('say the same in a stream', () => {
    const call = callFor({ thinking });
    const whole = anthropicMessages.readReply(anthropicMessages.writeReply(reply, call));

    expect(streamed(call).blocks).toEqual(whole.blocks);
  });

  it('are streamed as they come, and sealed where nobody signs them', () => {
    const writer = anthropicMessages.writeStream(callFor({ thinking }));
    const early = writer.write({ type: 'reasoning-delta', text: 'Hm' });
    const late = writer.write({ type: 'text-delta', text: 'Yes' });

    expect(early).toContain('"thinking":"Hm"');
    expect(late).toContain('signature_delta');
    expect(late.indexOf('signature_delta')).toBeLessThan(late.indexOf('text_delta'));
    expect(/"signature":"([^"]+)"/.exec(late)?.[1]).toSatisfy(isSealed);
  });

  it('show no text to who wants none shown', () => {
    const call = callFor({ thinking: { type: 'adaptive', display: 'omitted' } });

    expect(contentOf(call)[0]).toMatchObject({ type: 'thinking', thinking: '' });
    expect(streamed(call).blocks[0]).toMatchObject({ type: 'reasoning', text: '' });
  });

  it('are not shown to who asked for none', () => {
    expect(contentOf(callFor({})).map(({ type }) => type)).toEqual(['text', 'tool_use', 'tool_use']);
    expect(streamed(callFor({})).blocks.map(({ type }) => type)).toEqual(['text', 'tool-call', 'tool-call']);
  });
});

describe('a request to Anthropic', () => {
  const content = contentOf(callFor({ thinking }));

  it('goes on without the sealed thoughts, all else in place', () => {
    const [, answer] = messagesOf(passed(answered(content)));

    expect(answer?.content).toEqual(content.filter(({ type }) => type !== 'thinking'));
  });

  it('goes on without a message that was nothing but sealed thoughts', () => {
    const body = bodyOf([
      question,
      { role: 'assistant', content: content.slice(0, 1) },
      question,
      { role: 'assistant', content: [{ type: 'text', text: 'Sun.' }, content[0]] },
      question,
    ]);

    expect(messagesOf(passed(body))).toEqual([
      question,
      question,
      { role: 'assistant', content: [{ type: 'text', text: 'Sun.' }] },
      question,
    ]);
  });

  it('keeps its own thoughts but for those it would be refused for', () => {
    const own = { type: 'thinking', thinking: 'Hm', signature: 'EqQB' };
    const other = { type: 'redacted_thinking', data: 'EmwK' };
    const body = answered([own, other, ...content.slice(1)]);

    expect(messagesOf(passed(body))[1]?.content.slice(0, 2)).toEqual([own, other]);
    expect(messagesOf(passed(body, new Set(['EmwK'])))[1]?.content[1]).toEqual(content[1]);
    expect(messagesOf(passed(body, new Set(['EqQB'])))[1]?.content[0]).toEqual(other);
  });

  it('thinks no more by hand in a tool loop that another model began', () => {
    const body = { ...answered(content), thinking: { type: 'enabled', budget_tokens: 2048 } } as JsonObject;
    const byHand = { reasoning: { type: 'budget', minTokens: 1024, maxTokens: 64_000 } };
    const own = { type: 'thinking', thinking: 'Hm', signature: 'EqQB' };
    const begun = { ...answered([own, ...content]), thinking: body.thinking } as JsonObject;

    expect(passed(body, undefined, byHand).thinking).toBeUndefined();
    expect(passed(begun, undefined, byHand).thinking).toEqual(body.thinking);
  });

  it('reads a seal that was tampered with as text, and sends it nowhere', () => {
    const signature = `${sealReasoning(encrypted).slice(0, -9)}`;
    const body = answered([{ type: 'thinking', thinking: 'Hm', signature }, ...content]);

    expect(anthropicMessages.readRequest(body).turns[1]?.blocks[0]).toEqual({
      type: 'reasoning',
      text: 'Hm',
    });
    expect(JSON.stringify(passed(body))).not.toContain('tierwise.1.');
  });
});

describe('who carries thoughts', () => {
  const request = (rest: Partial<ChatRequest>): ChatRequest => ({ ...callFor({}).request, ...rest });

  it('is a Messages caller who asked for thinking', () => {
    expect(anthropicMessages.carriesReasoning?.(request({ reasoning: { mode: 'on' } }))).toBe(true);
    expect(anthropicMessages.carriesReasoning?.(request({ reasoning: { mode: 'off' } }))).toBe(false);
    expect(anthropicMessages.carriesReasoning?.(request({}))).toBe(false);
  });
});
