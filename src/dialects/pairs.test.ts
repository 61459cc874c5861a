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
import { anthropicMessages } from './anthropic-messages/index.ts';
import { sampleModel as claude } from './anthropic-messages/sample-model.cases.ts';
import type { Dialect, ReplyCall } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { sampleModel as google } from './gemini/sample-model.cases.ts';
import { openaiChat } from './openai-chat/index.ts';
import { sampleModel as gpt } from './openai-chat/sample-model.cases.ts';

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
  let out = '';
  let hasEnded = false;
  for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) {
    if (event.type === 'reply-error')
      return out + to.writeStreamError(new GatewayError('upstream-bad', event.error.message), '01JCASE');
    out += writer.write(event);
    hasEnded ||= event.type === 'reply-end';
  }
  if (hasEnded) return out + writer.end();
  return out + to.writeStreamError(new GatewayError('upstream-cut', 'The stream was cut off.'), '01JCASE');
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

const verbs: Record<string, (input: string) => unknown> = {
  'request-chat-to-messages': (input) => request(input, openaiChat, anthropicMessages, claude('haiku-4-5')),
  'request-messages-to-chat': (input) => request(input, anthropicMessages, openaiChat, gpt()),
  'request-chat-to-gemini': (input) => request(input, openaiChat, gemini, google('3-flash')),
  'request-gemini-to-chat': (input) => request(input, gemini, openaiChat, gpt()),
  'request-messages-to-gemini': (input) => request(input, anthropicMessages, gemini, google('2-5-flash')),
  'request-gemini-to-messages': (input) => request(input, gemini, anthropicMessages, claude('haiku-4-5')),
  'reply-chat-to-gemini': (input) => geminiReply(input, openaiChat),
  'reply-messages-to-gemini': (input) => geminiReply(input, anthropicMessages),
  'reply-gemini-to-chat': (input) =>
    openaiClient(reply(input, gemini, openaiChat)).chat.completions.create(toOpenai),
  'reply-gemini-to-messages': (input) =>
    anthropicClient(reply(input, gemini, anthropicMessages)).messages.create(toAnthropic),
  'stream-chat-to-gemini': (input) => geminiStream(input, openaiChat),
  'stream-messages-to-gemini': (input) => geminiStream(input, anthropicMessages),
  'stream-gemini-to-chat': (input) =>
    openaiClient(stream(input, gemini, openaiChat))
      .chat.completions.stream({ ...toOpenai, stream_options: { include_usage: true } })
      .finalChatCompletion(),
  'stream-gemini-to-messages': (input) =>
    anthropicClient(stream(input, gemini, anthropicMessages))
      .messages.stream(toAnthropic)
      .finalMessage(),
  'reply-chat-to-messages': (input) =>
    anthropicClient(reply(input, openaiChat, anthropicMessages)).messages.create(toAnthropic),
  'reply-messages-to-chat': (input) =>
    openaiClient(reply(input, anthropicMessages, openaiChat)).chat.completions.create(toOpenai),
  'stream-chat-to-messages': (input) =>
    anthropicClient(stream(input, openaiChat, anthropicMessages))
      .messages.stream(toAnthropic)
      .finalMessage(),
  'stream-messages-to-chat': (input) =>
    openaiClient(stream(input, anthropicMessages, openaiChat))
      .chat.completions.stream({ ...toOpenai, stream_options: { include_usage: true } })
      .finalChatCompletion(),
};

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
});

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

  it.each(recorded('openai-chat'))(
    'of Chat is whole or an error to the Anthropic SDK: %s',
    async (_, wire) => {
      const key = serve('text/event-stream', translated(wire, openaiChat, anthropicMessages));

      const heard = await anthropicClient(key)
        .messages.stream(toAnthropic)
        .finalMessage()
        .then(
          (message) => (isObject(message) && message.stop_reason ? 'whole' : 'unfinished'),
          () => 'broken',
        );

      expect(heard).toBe(endOf(wire, openaiChat));
    },
  );

  it.each(recorded('gemini'))('of Gemini is whole or an error to the Anthropic SDK: %s', async (_, wire) => {
    const key = serve('text/event-stream', translated(wire, gemini, anthropicMessages));

    const heard = await anthropicClient(key)
      .messages.stream(toAnthropic)
      .finalMessage()
      .then(
        (message) => (isObject(message) && message.stop_reason ? 'whole' : 'unfinished'),
        () => 'broken',
      );

    expect(heard).toBe(endOf(wire, gemini));
  });

  it.each(recorded('gemini'))('of Gemini is whole or an error to the OpenAI SDK: %s', async (_, wire) => {
    const key = serve('text/event-stream', translated(wire, gemini, openaiChat));

    const heard = await openaiClient(key)
      .chat.completions.stream(toOpenai)
      .finalChatCompletion()
      .then(
        (completion) => (completion.choices[0]?.finish_reason ? 'whole' : 'unfinished'),
        () => 'broken',
      );

    expect(heard).toBe(endOf(wire, gemini));
  });

  it.each(recorded('anthropic-messages'))(
    'of Messages is whole or an error to the OpenAI SDK: %s',
    async (_, wire) => {
      const key = serve('text/event-stream', translated(wire, anthropicMessages, openaiChat));

      const heard = await openaiClient(key)
        .chat.completions.stream(toOpenai)
        .finalChatCompletion()
        .then(
          (completion) => (completion.choices[0]?.finish_reason ? 'whole' : 'unfinished'),
          () => 'broken',
        );

      expect(heard).toBe(endOf(wire, anthropicMessages));
    },
  );
});
