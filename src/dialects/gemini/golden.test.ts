import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/chat.ts';
import { type ErrorCode, type ErrorDetails, GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../core/model.ts';
import { type Reply, type ReplyEvent, ReplyGatherer } from '../../core/reply.ts';
import { scanJson } from '../../kit/json-scan.ts';
import type { Headers, Quirks, ReplyCall } from '../dialect.ts';
import { gemini } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

/**
 * One case a file: what goes in, a line `---`, what comes out. The first word of the name is the verb.
 * `UPDATE_GOLDEN=1` writes the second half anew; read the difference before you keep it.
 */
const folder = join(import.meta.dirname, 'golden');
const files = readdirSync(folder).filter((name) => name.endsWith('.golden'));

interface Aim {
  readonly model?: string;
  readonly request?: Partial<ChatRequest>;
  readonly capabilities?: Partial<Capabilities>;
  readonly quirks?: Quirks;
  readonly cut?: readonly string[];
}

const address = { model: 'auto', isStream: false };

const emptyRequest: ChatRequest = {
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
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
  request: { ...emptyRequest, dialect: 'gemini', ...request },
  exchangeId: '01JCASE',
  modelName: 'openai/gpt-test',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  owner: { provider: 'sample', model: 'sample' },
});

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const listed = (events: readonly ReplyEvent[]): string =>
  events.map((event) => JSON.stringify(event)).join('\n');

const verbs: Record<string, (input: string) => string> = {
  'read-request': (input) => pretty(gemini.readRequest(JSON.parse(input), address)),
  'pass-request': (input) => {
    const newLine = input.indexOf('\n');
    const { model, capabilities, quirks, cut } = JSON.parse(input.slice(0, newLine)) as Aim;
    const bytes = Buffer.from(input.slice(newLine + 1));
    const request = gemini.readRequest(JSON.parse(bytes.toString()) as JsonObject, address);
    const { body: out, dropped } = gemini.passRequest({
      bytes,
      scan: scanJson(bytes),
      request,
      model: sampleModel(model, capabilities),
      quirks: quirks ?? {},
      cut: new Set(cut),
    });
    gemini.readRequest(JSON.parse(out.toString()) as JsonObject, address);
    return dropped.length === 0 ? out.toString() : `${out.toString()}\ndropped: ${dropped.join(', ')}`;
  },
  'write-request': (input) => {
    const { model, request, capabilities, quirks } = JSON.parse(input) as Aim;
    const target = { model: sampleModel(model, capabilities), quirks: quirks ?? {} };
    const written = gemini.writeRequest({ ...emptyRequest, ...request }, target);
    gemini.readRequest(JSON.parse(JSON.stringify(written.body)) as JsonObject, address);
    return pretty(written);
  },
  'read-reply': (input) => pretty(gemini.readReply(JSON.parse(input))),
  'write-reply': (input) => {
    const { reply, request } = JSON.parse(input) as { reply: Reply; request?: Partial<ChatRequest> };
    return pretty(gemini.writeReply(reply, callFor(request)));
  },
  'read-stream': (input) => {
    const reader = gemini.readStream();
    return listed([...reader.push(Buffer.from(input)), ...reader.end()]);
  },
  'write-stream': (input) => {
    const { events, request } = JSON.parse(input) as { events: ReplyEvent[]; request?: Partial<ChatRequest> };
    const writer = gemini.writeStream(callFor(request));
    return events.map((event) => writer.write(event)).join('') + writer.end();
  },
  'tap-stream': (input) => {
    const tap = gemini.tapStream({ hidesUsage: true });
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
    return pretty(gemini.readError(status, body, headers ?? {}));
  },
  'write-error': (input) => {
    const { code, message, ...details } = JSON.parse(input) as {
      code: ErrorCode;
      message: string;
    } & ErrorDetails;
    const error = new GatewayError(code, message, details);
    return `${pretty(gemini.writeError(error, '01JCASE'))}\n${gemini.writeStreamError(error, '01JCASE')}`;
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

/** Golden files show streams with their blank lines; `\r` is written out, because editors eat it. */
const splitCase = (text: string): readonly [string, string] => {
  const at = text.indexOf('\n---\n');
  return at < 0 ? [text.trimEnd(), ''] : [text.slice(0, at), text.slice(at + 5)];
};

const wireOf = (input: string): string => `${input.replaceAll('␍', '\r')}\n\n`;

describe('the golden cases of gemini', () => {
  for (const file of files) {
    it(file.replace('.golden', '').replaceAll('.', ': '), () => {
      const path = join(folder, file);
      const [input, expected] = splitCase(readFileSync(path, 'utf8'));
      const verb = file.split('.')[0] ?? '';
      const isWire = verb === 'read-stream' || verb === 'tap-stream';

      const out = run(verb, isWire ? wireOf(input) : input).replaceAll('\r', '␍');

      if (process.env.UPDATE_GOLDEN) writeFileSync(path, `${input}\n---\n${out}\n`);
      else expect(`${out}\n`).toBe(expected);
    });
  }

  const streams = files.filter((name) => /^(?:read|tap)-stream\./.test(name));

  it.each(streams)('%s reads the same wherever it is cut', (file) => {
    const [input] = splitCase(readFileSync(join(folder, file), 'utf8'));
    const bytes = Buffer.from(wireOf(input));
    const read = (chunks: readonly Buffer[]) => {
      const reader = gemini.readStream();
      const gatherer = new ReplyGatherer();
      const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
      for (const event of events) gatherer.add(event);
      return { events, reply: gatherer.reply() };
    };
    const tapped = (chunks: readonly Buffer[]) => {
      const tap = gemini.tapStream({ hidesUsage: false });
      const out = Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()]).toString();
      const { events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId } = tap;
      return { out, events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId };
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
    const used = new Set(files.map((name) => name.split('.')[0]));

    expect([...used].sort()).toEqual(Object.keys(verbs).sort());
  });
});
