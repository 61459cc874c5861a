import { isDeepStrictEqual } from 'node:util';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { Capabilities, Model } from '../../core/model.ts';
import type { Reply, ReplyEvent } from '../../core/reply.ts';
import { JsonScanError, scanJson } from '../../kit/json-scan.ts';
import { sampleModel } from '../../testing/sample-model.ts';
import type { Dialect, ReplyCall } from '../dialect.ts';
import { withoutHosted } from '../hosted-tools.ts';

/**
 * What has to hold of any input. Every function throws where it does not: a crash is any error but a
 * refusal in our own words, and what a dialect writes, it has to understand itself.
 */
export const checkRequest = (dialect: Dialect, bytes: Buffer, dialects: readonly Dialect[]): void => {
  const read = readBody(bytes);
  if (!read) return;
  const address = { model: 'auto', isStream: bytes.length % 2 === 0 };
  const request = refusable(['invalid-request'], () => dialect.readRequest(read.body, address));
  if (!request) return;
  const { scan } = read;
  for (const [at, model] of models.entries()) {
    if (at === bytes.length % models.length)
      refusable(['not-translatable', 'invalid-json'], () => {
        const { body } = dialect.passRequest({ bytes, scan, request, model, quirks: {} });
        JSON.parse(body.toString());
      });
  }
  // its vendor keeps the conversation: no translation is ever asked for
  if (request.extras.thread !== undefined) return;
  for (const target of dialects) {
    const model = models[(bytes.length + target.name.length) % models.length] as Model;
    writeAndRead(request, target, model);
    // as routes ask for it that leave out what a vendor runs
    const plain = request.tools.some(({ type }) => type === 'hosted') ? withoutHosted(request) : undefined;
    if (plain) writeAndRead(plain.request, target, model);
  }
};

const writeAndRead = (request: ChatRequest, target: Dialect, model: Model): void => {
  const written = refusable(['not-translatable', 'invalid-request'], () =>
    target.writeRequest(request, { model, quirks: {} }),
  );
  if (!written || target.name === request.dialect) return;
  const body = JSON.parse(JSON.stringify(written.body)) as JsonObject;
  try {
    target.readRequest(body, { model: model.name, isStream: request.stream });
  } catch (cause) {
    throw new Error(`${target.name} wrote a request that it refuses itself: ${String(cause)}`, { cause });
  }
};

export const checkReply = (dialect: Dialect, body: JsonObject, dialects: readonly Dialect[]): void => {
  const reply = refusable(['upstream-bad'], () => dialect.readReply(body));
  if (!reply) return;
  for (const caller of dialects) {
    const call = callOf(caller);
    const written = refusable(['upstream-bad'], () => caller.writeReply(reply, call));
    if (!written) continue;
    // what cannot be told as an answer is told as a failure
    if (reply.reason === 'malformed-call') continue;
    let again: Reply;
    try {
      again = caller.readReply(JSON.parse(JSON.stringify(written)) as JsonObject);
    } catch (cause) {
      throw new Error(`${caller.name} wrote an answer that it refuses itself: ${String(cause)}`, { cause });
    }
    if (reply.hasUsage && isSane(reply) && !isDeepStrictEqual(totalOf(reply), totalOf(again)))
      throw new Error(`${caller.name} tells another usage than ${dialect.name} did`);
  }
};

export const checkError = (dialect: Dialect, status: number, body: JsonObject | undefined): void => {
  const said = dialect.readError(status, body, {});
  if (typeof said.message !== 'string' || said.class === undefined) throw new Error('an error without words');
};

/** A stream, cut into pieces of this size. */
export const checkStream = (
  dialect: Dialect,
  bytes: Buffer,
  size: number,
  dialects: readonly Dialect[],
): void => {
  const reader = dialect.readStream();
  const tap = dialect.tapStream({ hidesUsage: false });
  const passed: Buffer[] = [];
  const events: ReplyEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    events.push(...reader.push(chunk));
    passed.push(tap.push(chunk));
  }
  events.push(...reader.end());
  passed.push(tap.end());
  const failedAt = events.findIndex(({ type }) => type === 'reply-error');
  if (failedAt < 0 && !isDeepStrictEqual(eventsOf(dialect, Buffer.concat(passed)), events))
    throw new Error('the tap changed what the stream says');
  const good = failedAt < 0 ? events : events.slice(0, failedAt);
  // an error behind the end is told by the gateway, not by the writer
  if (failedAt >= 0 && good.some(({ type }) => type === 'reply-end')) return;
  const hasEnded = failedAt < 0 && good.some(({ type }) => type === 'reply-end');
  for (const caller of dialects) checkWritten(caller, good, hasEnded);
};

const checkWritten = (caller: Dialect, events: readonly ReplyEvent[], hasEnded: boolean): void => {
  const writer = caller.writeStream(callOf(caller));
  let text = '';
  for (const event of events) text += writer.write(event);
  if (hasEnded) text += writer.end();
  const reader = caller.readStream();
  const again = [...reader.push(Buffer.from(text)), ...reader.end()];
  const error = again.find(({ type }) => type === 'reply-error');
  // a call that was broken off or is no JSON may be told as an error of the answer
  if (error?.type === 'reply-error' && hasEnded && !isToldFailure(text))
    throw new Error(`${caller.name} wrote a stream that it cannot read: ${error.error.message}`);
  const seesEnd = again.some(({ type }) => type === 'reply-end');
  if (!hasEnded && seesEnd) throw new Error(`${caller.name} ended a stream that was cut`);
  if (hasEnded && !error && !seesEnd) throw new Error(`${caller.name} left a whole stream without its end`);
};

const eventsOf = (dialect: Dialect, bytes: Buffer): readonly ReplyEvent[] => {
  const reader = dialect.readStream();
  return [...reader.push(bytes), ...reader.end()];
};

const isToldFailure = (text: string): boolean =>
  text.includes('"error"') || text.includes('response.failed') || text.includes('MALFORMED_FUNCTION_CALL');

/** Counts beyond a billion are cut off one by one, and so are their sums. */
const isSane = (reply: Reply): boolean => totalOf(reply).every((tokens) => tokens < 1e9);

const totalOf = ({ usage }: Reply): readonly number[] => [
  usage.inputTokens +
    usage.cacheReadTokens +
    usage.cacheWrite5mTokens +
    usage.cacheWrite30mTokens +
    usage.cacheWrite1hTokens +
    usage.cacheWrite12hTokens,
  usage.outputTokens + usage.reasoningTokens,
];

const readBody = (bytes: Buffer) => {
  try {
    const scan = scanJson(bytes);
    const body: unknown = JSON.parse(bytes.toString());
    return isObject(body) ? { scan, body } : undefined;
  } catch (cause) {
    if (cause instanceof JsonScanError || cause instanceof SyntaxError) return undefined;
    throw cause;
  }
};

const refusable = <Value>(codes: readonly string[], act: () => Value): Value | undefined => {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof GatewayError && codes.includes(cause.code)) return undefined;
    throw cause;
  }
};

const modelWith = (capabilities: Partial<Capabilities>): Model =>
  sampleModel('m', {
    capabilities: {
      dialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'],
      toolDialects: ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'],
      ...capabilities,
    },
  });

const models: readonly Model[] = [
  modelWith({}),
  modelWith({
    reasoning: { type: 'effort', efforts: ['low', 'medium', 'high'] },
    sampling: 'no',
    stop: false,
    prefill: false,
    systemRole: 'developer',
    maxTokensField: 'max_completion_tokens',
  }),
  modelWith({ reasoning: { type: 'budget', minTokens: 1024, maxTokens: 32_000 }, midSystem: false }),
  modelWith({
    reasoning: { type: 'adaptive', efforts: ['low', 'high', 'max'], canTurnOff: false, takesBudget: false },
    sampling: 'when-not-reasoning',
    forcedTools: false,
    boundReasoning: true,
  }),
  modelWith({
    structuredOutput: 'json',
    schemaWithTools: false,
    toolResultImages: false,
    fetchesImages: false,
    hasSystemPrompt: false,
    input: ['text', 'image', 'pdf', 'audio'],
  }),
];

const callOf = (caller: Dialect): ReplyCall => ({
  request: {
    dialect: caller.name,
    model: 'auto',
    system: [],
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
    tools: [{ type: 'function', name: 'f', schema: { type: 'object' } }],
    sampling: {},
    stop: [],
    format: { type: 'text' },
    reasoning: { mode: 'adaptive', isShown: true },
    stream: true,
    wantsUsage: true,
    choices: 1,
    extras: {},
  },
  exchangeId: '01JFUZZ',
  modelName: 'm',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  owner: { provider: 'provider', model: 'm' },
});
