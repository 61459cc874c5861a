import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../core/model.ts';
import { type Reply, type ReplyEvent, ReplyGatherer } from '../../core/reply.ts';
import { scanJson } from '../../kit/json-scan.ts';
import type { Headers, Quirks, ReplyCall } from '../dialect.ts';
import { openaiChat } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

/**
 * One case a file: what goes in, a line `---`, what comes out. The first word of the name is the verb.
 * `UPDATE_GOLDEN=1` writes the second half anew; read the difference before you keep it.
 */
const folder = join(import.meta.dirname, 'golden');

interface Aim {
  readonly request?: Partial<ChatRequest>;
  readonly capabilities?: Partial<Capabilities>;
  readonly quirks?: Quirks;
}

const emptyRequest: ChatRequest = {
  dialect: 'anthropic-messages',
  model: 'auto',
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
};

const callFor = (request: Partial<ChatRequest> = {}): ReplyCall => ({
  request: { ...emptyRequest, dialect: 'openai-chat', ...request },
  exchangeId: '01JCASE',
  modelName: 'anthropic/claude-test',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  owner: { provider: 'sample', model: 'sample' },
});

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const gathered = (events: readonly ReplyEvent[]): string =>
  events.map((event) => JSON.stringify(event)).join('\n');

const verbs: Record<string, (input: string) => string> = {
  'read-request': (input) => pretty(openaiChat.readRequest(JSON.parse(input))),
  'pass-request': (input) => {
    const newLine = input.indexOf('\n');
    const { capabilities, quirks } = JSON.parse(input.slice(0, newLine)) as Aim;
    const bytes = Buffer.from(input.slice(newLine + 1));
    const request = openaiChat.readRequest(JSON.parse(bytes.toString()) as JsonObject);
    const model = sampleModel(capabilities);
    const { body: out } = openaiChat.passRequest({
      bytes,
      scan: scanJson(bytes),
      request,
      model,
      quirks: quirks ?? {},
    });
    JSON.parse(out.toString());
    return out.toString();
  },
  'write-request': (input) => {
    const { request, capabilities, quirks } = JSON.parse(input) as Aim;
    const target = { model: sampleModel(capabilities), quirks: quirks ?? {} };
    return pretty(openaiChat.writeRequest({ ...emptyRequest, ...request }, target));
  },
  'read-reply': (input) => pretty(openaiChat.readReply(JSON.parse(input))),
  'write-reply': (input) => {
    const { reply, request } = JSON.parse(input) as { reply: Reply; request?: Partial<ChatRequest> };
    return pretty(openaiChat.writeReply(reply, callFor(request)));
  },
  'read-stream': (input) => {
    const reader = openaiChat.readStream();
    return gathered([...reader.push(Buffer.from(input)), ...reader.end()]);
  },
  'write-stream': (input) => {
    const { events, request } = JSON.parse(input) as { events: ReplyEvent[]; request?: Partial<ChatRequest> };
    const writer = openaiChat.writeStream(callFor(request));
    return events.map((event) => writer.write(event)).join('') + writer.end();
  },
  'tap-stream': (input) => {
    const tap = openaiChat.tapStream({ hidesUsage: true });
    const out = tap.push(Buffer.from(input)).toString() + tap.end().toString();
    const { events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId } = tap;
    return `${out}${pretty({ events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId })}`;
  },
  'read-error': (input) => {
    const { status, body, headers } = JSON.parse(input) as {
      status: number;
      body?: JsonObject;
      headers?: Headers;
    };
    return pretty(openaiChat.readError(status, body, headers ?? {}));
  },
};

const run = (verb: string, input: string): string => {
  try {
    return verbs[verb]?.(input) ?? `no verb ${verb}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return `${error.code}${error.param === undefined ? '' : ` at ${error.param}`}: ${error.message}`;
  }
};

/** A carriage return is shown as ␍ in the files, because editors eat it. */
const splitCase = (text: string): readonly [string, string] => {
  const at = text.indexOf('\n---\n');
  return at < 0 ? [text.trimEnd(), ''] : [text.slice(0, at), text.slice(at + 5)];
};

describe('the golden cases of openai-chat', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.golden'))) {
    it(file.replace('.golden', '').replaceAll('.', ': '), () => {
      const path = join(folder, file);
      const [input, expected] = splitCase(readFileSync(path, 'utf8'));
      const verb = file.split('.')[0] ?? '';
      const wire =
        /stream$/.test(verb) && !verb.startsWith('write') ? `${input.replaceAll('␍', '\r')}\n\n` : input;

      const out = run(verb, wire).replaceAll('\r', '␍');

      if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${input}\n---\n${out}\n`);
      else expect(`${out}\n`).toBe(expected);
    });
  }

  const streams = readdirSync(folder).filter((name) => /^(?:read|tap)-stream\./.test(name));

  it.each(streams)('%s reads the same wherever it is cut', (file) => {
    const [input] = splitCase(readFileSync(join(folder, file), 'utf8'));
    const bytes = Buffer.from(`${input.replaceAll('␍', '\r')}\n\n`);
    const read = (chunks: readonly Buffer[]) => {
      const reader = openaiChat.readStream();
      const gatherer = new ReplyGatherer();
      const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
      for (const event of events) gatherer.add(event);
      return { events, reply: gatherer.reply() };
    };
    const tapped = (chunks: readonly Buffer[]) => {
      const tap = openaiChat.tapStream({ hidesUsage: true });
      const out = Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()]).toString();
      const { events, usage, deliveredBytes, hasEnded, endReason, error, upstreamId } = tap;
      return { out, events, usage, deliveredBytes, hasEnded, endReason, error, upstreamId };
    };
    const whole = read([bytes]);
    const wholeTap = tapped([bytes]);

    for (let cut = 1; cut < bytes.length; cut++) {
      const halves = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(read(halves)).toEqual(whole);
      expect(tapped(halves)).toEqual(wholeTap);
    }
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(read(single)).toEqual(whole);
    expect(tapped(single)).toEqual(wholeTap);
  });

  it('has cases for every verb', () => {
    const used = new Set(readdirSync(folder).map((name) => name.split('.')[0]));

    expect([...used].sort()).toEqual(Object.keys(verbs).sort());
  });
});
