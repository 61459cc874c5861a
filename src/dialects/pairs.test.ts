import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Model } from '../core/model.ts';
import { errorOf } from '../gateway/translation.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import { sampleModel as claude } from './anthropic-messages/sample-model.cases.ts';
import type { Dialect, Headers, ReplyCall } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { sampleModel as google } from './gemini/sample-model.cases.ts';
import { openaiChat } from './openai-chat/index.ts';
import { sampleModel as gpt } from './openai-chat/sample-model.cases.ts';
import { openaiResponses } from './openai-responses/index.ts';
import { sampleModel as reasoner } from './openai-responses/sample-model.cases.ts';

/**
 * Each dialect into the other, requests and answers; the answers are read by the vendors' own SDKs over
 * a real socket. One case a file: what goes in, a line `---`, what comes out; the first word of the name
 * is the verb. `UPDATE_GOLDEN=1` writes the second half anew; read the difference before you keep it.
 */
const folder = join(import.meta.dirname, 'pairs');
const files = readdirSync(folder).filter((name) => name.endsWith('.golden'));

interface Answer {
  readonly contentType: string;
  readonly body: string;
}

const answers = new Map<string, Answer>();
const server = createServer((request, response) => {
  request.resume();
  const answer = answers.get(request.headers.authorization ?? '') ?? { contentType: 'text/plain', body: '' };
  response.writeHead(200, { 'content-type': answer.contentType });
  response.end(answer.body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const anthropicClient = (key: string) => new Anthropic({ baseURL: urlOf(), apiKey: key, maxRetries: 0 });
const openaiClient = (key: string) => new OpenAI({ baseURL: `${urlOf()}/v1`, apiKey: key, maxRetries: 0 });

const serve = (contentType: string, body: string): string => {
  const key = `key-${answers.size}`;
  answers.set(`Bearer ${key}`, { contentType, body });
  return key;
};

const tools = ['f', 'get_weather', 'patch', `mcp__server__${'x'.repeat(70)}`];

const callOf = (dialect: Dialect): ReplyCall => ({
  request: {
    dialect: dialect.name,
    model: 'auto',
    system: [],
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
    tools: tools.map((name) =>
      name === 'patch' ? { type: 'custom', name } : { type: 'function', name, schema: { type: 'object' } },
    ),
    sampling: {},
    stop: [],
    format: { type: 'text' },
    reasoning: {},
    stream: true,
    wantsUsage: true,
    choices: 1,
    extras: {},
  },
  exchangeId: '01JCASE',
  modelName: 'the-model',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  owner: { provider: 'sample', model: 'sample' },
});

/** What the gateway does with a stream between two dialects. */
const translated = (wire: string, from: Dialect, to: Dialect): string => {
  const reader = from.readStream();
  const writer = to.writeStream(callOf(to));
  const broken = (error: GatewayError): string =>
    writer.writeError?.(error) ?? to.writeStreamError(error, '01JCASE');
  let out = '';
  let hasEnded = false;
  for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) {
    if (event.type === 'reply-error')
      return out + broken(new GatewayError('upstream-bad', event.error.message));
    out += writer.write(event);
    hasEnded ||= event.type === 'reply-end';
  }
  if (hasEnded) return out + writer.end();
  return out + broken(new GatewayError('upstream-cut', 'The stream was cut off.'));
};

const request = (input: string, from: Dialect, to: Dialect, model: Model): unknown => {
  const address = { model: 'auto', isStream: false };
  const read = from.readRequest(JSON.parse(input) as JsonObject, address);
  const written = to.writeRequest(read, { model, quirks: {} });
  // what is written has to be a legal request of its own dialect
  to.readRequest(JSON.parse(JSON.stringify(written.body)) as JsonObject, address);
  return written;
};

const reply = (input: string, from: Dialect, to: Dialect): string =>
  serve(
    'application/json',
    JSON.stringify(to.writeReply(from.readReply(JSON.parse(input) as JsonObject), callOf(to))),
  );

const stream = (input: string, from: Dialect, to: Dialect): string =>
  serve('text/event-stream; charset=utf-8', translated(`${input}\n\n`, from, to));

/** An answer that is none, as the caller is told of it. */
const failure = (input: string, from: Dialect, to: Dialect): unknown => {
  const { status, headers, body } = JSON.parse(input) as {
    status: number;
    headers: Headers;
    body: JsonObject;
  };
  return to.writeError(errorOf(from.readError(status, body, headers), 'the-model'), '01JCASE');
};

/** Google's SDK is none of ours: what is written for it is shown as it is, and read by it in `gemini/sdk.test.ts`. */
const geminiReply = (input: string, from: Dialect): unknown =>
  gemini.writeReply(from.readReply(JSON.parse(input) as JsonObject), callOf(gemini));

const geminiStream = (input: string, from: Dialect): unknown =>
  translated(`${input}\n\n`, from, gemini)
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as JsonObject);

const messages = [{ role: 'user' as const, content: 'Hi' }];
const toAnthropic = { model: 'auto', max_tokens: 100, messages };
const toOpenai = { model: 'auto', messages };
const toResponses = { model: 'auto', input: 'Hi' };

/** A dialect, a model that is spoken to in it, and how its vendor's SDK reads what is written for it. */
interface Side {
  readonly dialect: Dialect;
  readonly model: Model;
  reply(input: string, from: Dialect): unknown;
  stream(input: string, from: Dialect): unknown;
}

const sides: Readonly<Record<string, Side>> = {
  chat: {
    dialect: openaiChat,
    model: gpt(),
    reply: (input, from) => openaiClient(reply(input, from, openaiChat)).chat.completions.create(toOpenai),
    stream: (input, from) =>
      openaiClient(stream(input, from, openaiChat))
        .chat.completions.stream({ ...toOpenai, stream_options: { include_usage: true } })
        .finalChatCompletion(),
  },
  responses: {
    dialect: openaiResponses,
    model: reasoner(),
    reply: (input, from) => openaiClient(reply(input, from, openaiResponses)).responses.create(toResponses),
    stream: (input, from) =>
      openaiClient(stream(input, from, openaiResponses))
        .responses.stream(toResponses)
        .finalResponse(),
  },
  messages: {
    dialect: anthropicMessages,
    model: claude('haiku-4-5'),
    reply: (input, from) =>
      anthropicClient(reply(input, from, anthropicMessages)).messages.create(toAnthropic),
    stream: (input, from) =>
      anthropicClient(stream(input, from, anthropicMessages))
        .messages.stream(toAnthropic)
        .finalMessage(),
  },
  gemini: { dialect: gemini, model: google('3-flash'), reply: geminiReply, stream: geminiStream },
};

const pairs = Object.entries(sides).flatMap(([name, from]) =>
  Object.entries(sides).flatMap(([other, to]) =>
    from === to ? [] : [{ name: `${name}-to-${other}`, from, to }],
  ),
);

const verbs: Record<string, (input: string) => unknown> = Object.fromEntries(
  pairs.flatMap(({ name, from, to }) => [
    [`request-${name}`, (input: string) => request(input, from.dialect, to.dialect, to.model)],
    [`reply-${name}`, (input: string) => to.reply(input, from.dialect)],
    [`stream-${name}`, (input: string) => to.stream(input, from.dialect)],
    [`error-${name}`, (input: string) => failure(input, from.dialect, to.dialect)],
  ]),
);
// of this pair the cases are about budgets
verbs['request-messages-to-gemini'] = (input) =>
  request(input, anthropicMessages, gemini, google('2-5-flash'));

const run = async (verb: string, input: string): Promise<string> => {
  try {
    return JSON.stringify(await verbs[verb]?.(input), null, 2);
  } catch (error) {
    if (error instanceof GatewayError)
      return `${error.code}${error.param === undefined ? '' : ` at ${error.param}`}: ${error.message}`;
    return error instanceof Error ? `The SDK threw ${error.constructor.name}: ${error.message}` : `${error}`;
  }
};

const splitCase = (text: string): readonly [string, string] => {
  const at = text.indexOf('\n---\n');
  return at < 0 ? [text.trimEnd(), ''] : [text.slice(0, at), text.slice(at + 5)];
};

describe('the golden cases between dialects', () => {
  it.each(files)('%s', async (file) => {
    const path = join(folder, file);
    const [input, expected] = splitCase(readFileSync(path, 'utf8'));

    const out = await run(file.split('.')[0] ?? '', input);

    if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${input}\n---\n${out}\n`);
    else expect(`${out}\n`).toBe(expected);
  });

  it('has cases for every verb', () => {
    const used = new Set(files.map((name) => name.split('.')[0]));

    expect([...used].sort()).toEqual(Object.keys(verbs).sort());
  });

  it.each(pairs)('show all kinds of things for $name', ({ name }) => {
    const shown = (kind: RegExp): boolean => files.some((file) => kind.test(file.replace(`-${name}.`, ' ')));

    expect(Object.keys(kinds).filter((kind) => !kinds[kind]?.every(shown))).toEqual([]);
  });
});

/** What has to be shown of every pair, and by which cases it is. */
const kinds: Readonly<Record<string, readonly RegExp[]>> = {
  text: [/^request plain/, /^reply text/, /^stream text/],
  'parallel tools': [
    /^request (?:conversation-with-tools|codex)/,
    /^reply (?:tools|thoughts-and-calls)/,
    /^stream (?:tools|reasoning-and-tools|thoughts-and-calls)/,
  ],
  'tool results with pictures': [/^request (?:picture-in-result|result-with-picture|picture-behind-results)/],
  'reasoning over a tool loop': [/^request reasoning-in-tool-loop/],
  'structured output': [/^request schema/],
  refusal: [/^reply (?:refusal|safety)/, /^stream (?:refusal|safety-after-text)/],
  truncation: [/^reply (?:length|cut|incomplete|max-tokens)\./, /^stream (?:length|incomplete|max-tokens)\./],
  error: [/^error too-long/, /^error (?:too-many|overloaded)/, /^stream (?:error-later|failed)/],
  // the texts come with cached tokens
  'usage with cache': [/^reply text/, /^stream text/],
};

describe('every recorded stream of one dialect', () => {
  const recorded = (dialect: string): readonly (readonly [string, string])[] => {
    const golden = join(import.meta.dirname, dialect, 'golden');
    return readdirSync(golden)
      .filter((name) => name.startsWith('read-stream.'))
      .map((name) => {
        const [input] = splitCase(readFileSync(join(golden, name), 'utf8'));
        return [name, `${input.replaceAll('␍', '\r')}\n\n`] as const;
      });
  };

  /** What the SDK must have made of it: the same answer, or an error where the upstream had one or broke off. */
  const endOf = (wire: string, dialect: Dialect): 'whole' | 'broken' => {
    const reader = dialect.readStream();
    const events = [...reader.push(Buffer.from(wire)), ...reader.end()];
    const isWhole =
      events.at(-1)?.type === 'reply-end' &&
      !events.some((event) => event.type === 'reply-end' && event.reason === 'malformed-call');
    return isWhole ? 'whole' : 'broken';
  };

  /** Google's SDK is tried in `gemini/sdk.test.ts`. */
  const read = pairs.filter(({ to }) => to.dialect !== gemini);

  describe.each(read)('$name', ({ from, to }) => {
    it.each(recorded(from.dialect.name))('is whole or an error to the SDK: %s', async (_, wire) => {
      const heard = await Promise.resolve(to.stream(wire, from.dialect)).then(
        (answer) => endHeard(answer),
        () => 'broken',
      );

      expect(heard).toBe(endOf(wire, from.dialect));
    });
  });
});

/** The SDK throws on broken streams, but hands a response that failed on as it is. */
const endHeard = (answer: unknown): 'whole' | 'broken' | 'unfinished' => {
  if (!isObject(answer)) return 'unfinished';
  if (answer.status === 'failed') return 'broken';
  const choices = Array.isArray(answer.choices) ? answer.choices : [];
  const isWhole =
    typeof answer.stop_reason === 'string' ||
    choices.some((choice) => isObject(choice) && Boolean(choice.finish_reason)) ||
    answer.status === 'completed' ||
    answer.status === 'incomplete';
  return isWhole ? 'whole' : 'unfinished';
};
