import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { anthropicMessages } from '../anthropic-messages/index.ts';
import type { Dialect } from '../dialect.ts';
import { openaiChat } from '../openai-chat/index.ts';
import { gemini } from './index.ts';

/**
 * What we write, read by Google's own SDK over a real socket. The SDK is no part of this package: it is
 * installed with the other clients that the end-to-end tests drive, and without it there is nothing to see.
 */
const root = join(import.meta.dirname, '..', '..', '..');
const sdkPath = join(root, 'e2e/clients/sdks/node_modules/@google/genai/dist/node/index.mjs');

interface Chunk {
  readonly text?: string;
  readonly functionCalls?: readonly { readonly name: string; readonly args: JsonObject }[];
  readonly candidates?: readonly { readonly finishReason?: string }[];
  readonly usageMetadata?: JsonObject;
}

interface Sdk {
  readonly models: {
    generateContent(wish: object): Promise<Chunk>;
    generateContentStream(wish: object): Promise<AsyncIterable<Chunk>>;
  };
}

let body = '';
let isStream = true;
let status = 200;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(status, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += 97) response.write(bytes.subarray(at, at + 97));
  response.end();
});

let client: Sdk;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  if (!existsSync(sdkPath)) return;
  const { GoogleGenAI } = (await import(sdkPath)) as { GoogleGenAI: new (options: object) => Sdk };
  const { port } = server.address() as AddressInfo;
  client = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } });
});
afterAll(() => server.close());

const request = gemini.readRequest(
  {
    contents: [{ parts: [{ text: 'Hi' }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  },
  { model: 'auto', isStream: true },
);

const call = {
  request,
  exchangeId: '01J',
  modelName: 'm',
  createdSec: 1,
  estimatedPromptTokens: 1,
  owner: { provider: 'sample', model: 'sample' },
};

const wish = { model: 'auto', contents: 'Hi' };

const streamed = async (wire: string): Promise<readonly Chunk[]> => {
  body = wire;
  isStream = true;
  const chunks: Chunk[] = [];
  for await (const chunk of await client.models.generateContentStream(wish)) chunks.push(chunk);
  return chunks;
};

const failure = new GatewayError('upstream-cut', 'The stream was cut off.');

/** What the gateway does with a stream of another dialect. */
const translated = (wire: string, from: Dialect): string => {
  const reader = from.readStream();
  const writer = gemini.writeStream(call);
  let out = '';
  let hasEnded = false;
  for (const event of [...reader.push(Buffer.from(wire)), ...reader.end()]) {
    if (event.type === 'reply-error') return out + gemini.writeStreamError(failure, '01J');
    out += writer.write(event);
    hasEnded ||= event.type === 'reply-end';
  }
  return out + (hasEnded ? writer.end() : gemini.writeStreamError(failure, '01J'));
};

const recorded = (dialect: string): readonly (readonly [string, string])[] => {
  const golden = join(import.meta.dirname, '..', dialect, 'golden');
  return readdirSync(golden)
    .filter((name) => name.startsWith('read-stream.'))
    .map((name) => {
      const [input = ''] = readFileSync(join(golden, name), 'utf8').split('\n---\n');
      return [name, `${input.replaceAll('␍', '\r')}\n\n`] as const;
    });
};

const endOf = (wire: string, dialect: Dialect): 'whole' | 'broken' => {
  const reader = dialect.readStream();
  const events = [...reader.push(Buffer.from(wire)), ...reader.end()];
  return events.some(({ type }) => type === 'reply-end') && !events.some(({ type }) => type === 'reply-error')
    ? 'whole'
    : 'broken';
};

const heard = (wire: string): Promise<string> =>
  streamed(wire).then(
    (chunks) => (chunks.at(-1)?.candidates?.[0]?.finishReason ? 'whole' : 'unfinished'),
    () => 'broken',
  );

describe.skipIf(!existsSync(sdkPath))('Google’s SDK, where the clients are installed', () => {
  it('reads a written stream: words, calls, reason and usage', async () => {
    const writer = gemini.writeStream(call);
    const wire =
      writer.write({ type: 'reply-start', id: 'a', model: 'm' }) +
      writer.write({ type: 'reasoning-delta', text: 'Hm' }) +
      writer.write({ type: 'text-delta', text: 'Hé' }) +
      writer.write({ type: 'text-delta', text: 'llo 😀\u2028' }) +
      writer.write({ type: 'tool-start', index: 0, id: 'c', name: 'f', kind: 'function' }) +
      writer.write({ type: 'tool-delta', index: 0, argumentsText: '{"a":1}' }) +
      writer.write({ type: 'reply-end', reason: 'tool-calls' }) +
      writer.end();

    const chunks = await streamed(wire);

    expect(chunks.map(({ text }) => text ?? '').join('')).toBe('Héllo 😀\u2028');
    expect(chunks.flatMap(({ functionCalls }) => functionCalls ?? [])).toEqual([
      { id: 'c', name: 'f', args: { a: 1 } },
    ]);
    expect(chunks.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1 },
    });
  });

  it('reads a whole answer', async () => {
    isStream = false;
    body = JSON.stringify(
      gemini.writeReply(
        {
          id: 'a',
          model: 'm',
          blocks: [{ type: 'text', text: 'Hello' }],
          reason: 'stop',
          usage: {
            inputTokens: 3,
            cacheReadTokens: 4,
            cacheWrite5mTokens: 0,
            cacheWrite30mTokens: 0,
            cacheWrite1hTokens: 0,
            cacheWrite12hTokens: 0,
            outputTokens: 5,
            reasoningTokens: 6,
          },
          hasUsage: true,
        },
        call,
      ),
    );

    const answer = await client.models.generateContent(wish);

    expect(answer).toMatchObject({
      text: 'Hello',
      usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, thoughtsTokenCount: 6 },
    });
  });

  it('throws our errors with their status and words', async () => {
    const error = new GatewayError('rate-limited', 'Slow down.', { retryAfterMs: 7000 });
    const written = gemini.writeError(error, '01J');
    isStream = false;
    status = written.status;
    body = JSON.stringify(written.body);

    const thrown = client.models.generateContent(wish).finally(() => {
      status = 200;
    });

    await expect(thrown).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('Slow down.'),
    });
  });

  it.each(recorded('openai-chat'))('hears a stream of Chat whole or as an error: %s', async (_, wire) => {
    expect(await heard(translated(wire, openaiChat))).toBe(endOf(wire, openaiChat));
  });

  it.each(recorded('anthropic-messages'))(
    'hears a stream of Messages whole or as an error: %s',
    async (_, wire) => {
      expect(await heard(translated(wire, anthropicMessages))).toBe(endOf(wire, anthropicMessages));
    },
  );

  it.each(recorded('gemini'))('hears a tapped stream of Gemini whole or as an error: %s', async (_, wire) => {
    const tap = gemini.tapStream({ hidesUsage: false });
    const passed = tap.push(Buffer.from(wire)).toString() + tap.end().toString();
    const isBroken = tap.error !== undefined || !tap.hasEnded;
    const rest = isBroken && !tap.error ? gemini.writeStreamError(failure, '01J') : '';

    const end = await streamed(passed + rest).then(
      () => 'whole',
      () => 'broken',
    );

    expect(end).toBe(isBroken ? 'broken' : 'whole');
  });
});
