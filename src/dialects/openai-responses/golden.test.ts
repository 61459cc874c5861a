import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../core/model.ts';
import { type Reply, type ReplyEvent, ReplyGatherer } from '../../core/reply.ts';
import { scanJson } from '../../kit/json-scan.ts';
import type { Headers, Quirks, ReplyCall, Target } from '../dialect.ts';
import { openaiResponses } from './index.ts';
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
  readonly emulatesStop?: boolean;
  readonly cut?: readonly string[];
}

const emptyRequest: ChatRequest = {
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'x' }] }],
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
  request: { ...emptyRequest, dialect: 'openai-responses', ...request },
  exchangeId: '01JCASE',
  modelName: 'anthropic/claude-test',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  owner: { provider: 'anthropic', model: 'claude-test' },
});

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

const gathered = (events: readonly ReplyEvent[]): string =>
  events.map((event) => JSON.stringify(event)).join('\n');

const verbs: Record<string, (input: string) => string> = {
  'read-request': (input) => pretty(openaiResponses.readRequest(JSON.parse(input))),
  'pass-request': (input) => {
    const newLine = input.indexOf('\n');
    const { capabilities, quirks, cut } = JSON.parse(input.slice(0, newLine)) as Aim;
    const bytes = Buffer.from(input.slice(newLine + 1));
    const { body, dropped } = openaiResponses.passRequest({
      bytes,
      scan: scanJson(bytes),
      request: openaiResponses.readRequest(JSON.parse(bytes.toString()) as JsonObject),
      model: sampleModel(capabilities),
      quirks: quirks ?? {},
      ...(cut && { cut: new Set(cut) }),
    });
    JSON.parse(body.toString());
    return dropped.length > 0 ? `${body.toString()}\ndropped: ${dropped.join(', ')}` : body.toString();
  },
  'write-request': (input) => {
    const { request, capabilities, quirks, emulatesStop } = JSON.parse(input) as Aim;
    const target: Target = {
      model: sampleModel(capabilities),
      quirks: quirks ?? {},
      ...(emulatesStop && { emulatesStop }),
    };
    const written = openaiResponses.writeRequest({ ...emptyRequest, ...request }, target);
    // what is written has to be a legal request of its own dialect
    openaiResponses.readRequest(JSON.parse(JSON.stringify(written.body)) as JsonObject);
    return pretty(written);
  },
  'read-reply': (input) => pretty(openaiResponses.readReply(JSON.parse(input))),
  'write-reply': (input) => {
    const { reply, request } = JSON.parse(input) as { reply: Reply; request?: Partial<ChatRequest> };
    return pretty(openaiResponses.writeReply(reply, callFor(request)));
  },
  'read-stream': (input) => {
    const reader = openaiResponses.readStream();
    return gathered([...reader.push(Buffer.from(input)), ...reader.end()]);
  },
  'write-stream': (input) => {
    const { events, request } = JSON.parse(input) as { events: ReplyEvent[]; request?: Partial<ChatRequest> };
    const writer = openaiResponses.writeStream(callFor(request));
    const error = events.find((event) => event.type === 'reply-error')?.error;
    const told = events.map((event) => writer.write(event)).join('');
    if (!error) return told + writer.end();
    return told + writer.writeError?.(new GatewayError('upstream-overloaded', error.message));
  },
  'tap-stream': (input) => {
    const tap = openaiResponses.tapStream({ hidesUsage: true });
    const out = tap.push(Buffer.from(input)).toString() + tap.end().toString();
    const told =
      tap.error && !tap.hasToldError ? tap.writeError?.(new GatewayError('upstream-bad', 'Bad.')) : '';
    const { events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId, opaqueData } =
      tap;
    const facts = {
      events,
      usage,
      serviceTier,
      deliveredBytes,
      hasEnded,
      endReason,
      error,
      upstreamId,
      opaqueData,
    };
    return `${out === input ? '(the very bytes)\n' : out}${told}${pretty(facts)}`;
  },
  'read-error': (input) => {
    const { status, body, headers } = JSON.parse(input) as {
      status: number;
      body?: JsonObject;
      headers?: Headers;
    };
    return pretty(openaiResponses.readError(status, body, headers ?? {}));
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

describe('the golden cases of openai-responses', () => {
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
      const reader = openaiResponses.readStream();
      const gatherer = new ReplyGatherer();
      const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
      for (const event of events) gatherer.add(event);
      return JSON.stringify({ events, reply: gatherer.reply() });
    };
    const tapped = (chunks: readonly Buffer[]) => {
      const tap = openaiResponses.tapStream({ hidesUsage: true });
      const out = Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()]).toString();
      const { events, usage, deliveredBytes, hasEnded, endReason, error, upstreamId, opaqueData } = tap;
      return JSON.stringify([
        out,
        { events, usage, deliveredBytes, hasEnded, endReason, error, upstreamId, opaqueData },
      ]);
    };
    const hear = file.startsWith('read') ? read : tapped;
    const whole = hear([bytes]);

    for (let cut = 1; cut < bytes.length; cut++)
      expect(hear([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(whole);
    expect(hear(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toBe(whole);
  });

  it('has cases for every verb', () => {
    const used = new Set(readdirSync(folder).map((name) => name.split('.')[0]));

    expect([...used].sort()).toEqual(Object.keys(verbs).sort());
  });
});
