import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import { type ErrorCode, type ErrorDetails, GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Capabilities, Model } from '../core/model.ts';
import { type Reply, type ReplyEvent, ReplyGatherer } from '../core/reply.ts';
import { scanJson } from '../kit/json-scan.ts';
import type { Dialect, Headers, Quirks, ReplyCall, RequestAddress, StreamTap } from './dialect.ts';

/** From what stands in a case to what comes out of it. */
export type Verb = (input: string) => string;
export type Verbs = Readonly<Record<string, Verb>>;

/** What a case says of the model that a request goes to. */
export interface Aim {
  readonly model?: string;
  readonly request?: Partial<ChatRequest>;
  readonly capabilities?: Partial<Capabilities>;
  readonly quirks?: Quirks;
  readonly emulatesStop?: boolean;
  readonly cut?: readonly string[];
}

/** In what the dialects' cases differ. */
export interface GoldenDialect {
  readonly dialect: Dialect;
  readonly modelFor: (aim: Aim) => Model;
  /** What a request says where its case doesn't. */
  readonly request: Pick<ChatRequest, 'dialect' | 'turns'>;
  readonly answeredBy: Pick<ReplyCall, 'modelName' | 'owner'>;
  readonly address?: RequestAddress;
  /** How a request is read that may lack what only callers must say. */
  readonly readSparse?: (body: JsonObject) => ChatRequest;
  /** Whether the cases of requests that pass tell which fields were left out. */
  readonly tellsDropped?: boolean;
}

/** The verbs whose cases look the same in every dialect. */
export const goldenVerbs = (golden: GoldenDialect) => {
  const { dialect, address, modelFor, tellsDropped } = golden;
  const { readSparse = (body: JsonObject) => dialect.readRequest(body, address) } = golden;
  const emptyRequest = emptyRequestOf(golden);
  return {
    'read-request': (input) => pretty(dialect.readRequest(JSON.parse(input), address)),
    'pass-request': (input) => {
      const newLine = input.indexOf('\n');
      const aim = JSON.parse(input.slice(0, newLine)) as Aim;
      const bytes = Buffer.from(input.slice(newLine + 1));
      const { body, dropped } = dialect.passRequest({
        bytes,
        scan: scanJson(bytes),
        request: readSparse(JSON.parse(bytes.toString()) as JsonObject),
        model: modelFor(aim),
        quirks: aim.quirks ?? {},
        ...(aim.cut && { cut: new Set(aim.cut) }),
      });
      const out = body.toString();
      readSparse(JSON.parse(out) as JsonObject);
      return tellsDropped && dropped.length > 0 ? `${out}\ndropped: ${dropped.join(', ')}` : out;
    },
    'write-request': (input) => {
      const aim = JSON.parse(input) as Aim;
      const written = dialect.writeRequest(
        { ...emptyRequest, ...aim.request },
        {
          model: modelFor(aim),
          quirks: aim.quirks ?? {},
          ...(aim.emulatesStop && { emulatesStop: true }),
        },
      );
      // what is written has to be a legal request of its own dialect
      readSparse(JSON.parse(JSON.stringify(written.body)) as JsonObject);
      return pretty(written);
    },
    'read-reply': (input) => pretty(dialect.readReply(JSON.parse(input))),
    'write-reply': (input) => {
      const { reply, request } = JSON.parse(input) as { reply: Reply; request?: Partial<ChatRequest> };
      return pretty(dialect.writeReply(reply, goldenCall(golden, request)));
    },
    'read-stream': (input) => {
      const reader = dialect.readStream();
      return [...reader.push(Buffer.from(input)), ...reader.end()]
        .map((event) => JSON.stringify(event))
        .join('\n');
    },
    'write-stream': (input) => {
      const { events, request } = readToldEvents(input);
      const writer = dialect.writeStream(goldenCall(golden, request));
      return events.map((event) => writer.write(event)).join('') + writer.end();
    },
    'tap-stream': (input) => {
      const tap = dialect.tapStream({ hidesUsage: true });
      const out = tap.push(Buffer.from(input)).toString() + tap.end().toString();
      return `${out}${pretty(tapFacts(tap))}`;
    },
    'read-error': (input) => {
      const { status, body, headers } = JSON.parse(input) as {
        status: number;
        body?: JsonObject;
        headers?: Headers;
      };
      return pretty(dialect.readError(status, body, headers ?? {}));
    },
  } satisfies Verbs;
};

/** The verb of the dialects whose errors have cases here: the answer, then the frame inside a stream. */
export const writeErrorVerb =
  (dialect: Dialect): Verb =>
  (input) => {
    const { code, message, ...details } = JSON.parse(input) as {
      code: ErrorCode;
      message: string;
    } & ErrorDetails;
    const error = new GatewayError(code, message, details);
    return `${pretty(dialect.writeError(error, '01JCASE'))}\n${dialect.writeStreamError(error, '01JCASE')}`;
  };

/** The call that a case's answer is written for. */
export const goldenCall = (golden: GoldenDialect, request?: Partial<ChatRequest>): ReplyCall => ({
  request: { ...emptyRequestOf(golden), dialect: golden.dialect.name, ...request },
  exchangeId: '01JCASE',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 10,
  ...golden.answeredBy,
});

export const readToldEvents = (input: string) =>
  JSON.parse(input) as { readonly events: readonly ReplyEvent[]; readonly request?: Partial<ChatRequest> };

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

export const tapFacts = (tap: StreamTap) => {
  const { events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId } = tap;
  return { events, usage, serviceTier, deliveredBytes, hasEnded, endReason, error, upstreamId };
};

export interface GoldenCase {
  readonly file: string;
  readonly title: string;
  readonly verb: string;
  readonly path: string;
}

/**
 * One case a file: what goes in, a line `---`, what comes out. The first word of the name is the verb.
 * A carriage return is shown as ␍, because editors eat it.
 */
export const goldenCasesIn = (folder: string): readonly GoldenCase[] =>
  readdirSync(folder).map((file) => ({
    file,
    title: file.replace('.golden', '').replaceAll('.', ': '),
    verb: file.split('.')[0] ?? '',
    path: join(folder, file),
  }));

export const streamsOf = (cases: readonly GoldenCase[]): readonly GoldenCase[] => cases.filter(isWire);

/** `UPDATE_GOLDEN=1` writes the second half anew; read the difference before you keep it. */
export const checkGolden = (one: GoldenCase, verbs: Verbs): void => {
  const [input, expected] = splitCase(one);

  const out = run(verbs[one.verb], isWire(one) ? wireOf(input) : input).replaceAll('\r', '␍');

  if (process.env.UPDATE_GOLDEN) writeFileSync(one.path, `${input}\n---\n${out}\n`);
  else expect(`${out}\n`).toBe(expected);
};

/** Reader and tap say the same of a case's stream when it is cut at any byte, and at all of them. */
export const checkCuts = (one: GoldenCase, dialect: Dialect): void => {
  const bytes = Buffer.from(wireOf(splitCase(one)[0]));
  const hear = (chunks: readonly Buffer[]): string => {
    const reader = dialect.readStream();
    const gatherer = new ReplyGatherer();
    const events = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
    for (const event of events) gatherer.add(event);
    const tap = dialect.tapStream({ hidesUsage: true });
    const passed = Buffer.concat([...chunks.map((chunk) => tap.push(chunk)), tap.end()]).toString();
    const { opaqueData } = tap;
    return JSON.stringify({
      events,
      reply: gatherer.reply(),
      passed,
      tapped: { ...tapFacts(tap), opaqueData },
    });
  };
  const whole = hear([bytes]);

  for (let cut = 1; cut < bytes.length; cut++)
    expect(hear([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(whole);
  expect(hear(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toBe(whole);
};

const emptyRequestOf = ({ request }: GoldenDialect): ChatRequest => ({
  ...request,
  model: 'auto',
  system: [],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
});

const run = (verb: Verb | undefined, input: string): string => {
  try {
    return verb?.(input) ?? 'no such verb';
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return `${error.code}${error.param === undefined ? '' : ` at ${error.param}`}: ${error.message}`;
  }
};

const isWire = ({ verb }: GoldenCase): boolean => verb === 'read-stream' || verb === 'tap-stream';

const splitCase = ({ path }: GoldenCase): readonly [string, string] => {
  const text = readFileSync(path, 'utf8');
  const at = text.indexOf('\n---\n');
  return at < 0 ? [text.trimEnd(), ''] : [text.slice(0, at), text.slice(at + 5)];
};

const wireOf = (input: string): string => `${input.replaceAll('␍', '\r')}\n\n`;
