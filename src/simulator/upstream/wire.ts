import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { BookTokens } from '../book.ts';
import type { SimulatedModel, Wire } from '../simulated-model.ts';

/**
 * A wire as its vendor speaks it, on the vendor's side. Written from the wire reference alone, without
 * the gateway's dialects: what both hands agree on is right, not merely consistent.
 */
export interface UpstreamWire {
  readonly name: Wire;
  /** What a call to this path asks for; undefined where the path is none of this wire's. */
  route(path: string, query: URLSearchParams): Route | undefined;
  /** The credential a call carries; undefined without one. */
  keyOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined;
  /** Throws WireProblem on what the vendor would refuse. */
  read(body: JsonObject, asked: Asked): Ask;
  /** Tokens of a prompt that is only to be counted. */
  readCount(body: JsonObject, asked: Asked): number;
  writeCount(tokens: number): JsonObject;
  writeReply(call: Call, speech: Speech, tokens: BookTokens): JsonObject;
  writeStream(call: Call): StreamFrames;
  writeError(problem: WireProblem, requestId: string): JsonObject;
  /** Where the vendor has another status for it than most. */
  statusOf?(problem: WireProblem): number;
  /** Request id, rate limits: what the vendor says beside every answer. */
  headers(requestId: string, account: Account): Record<string, string>;
  /** How long to wait stands in the error, not in a header. */
  readonly tellsPauseInBody?: boolean;
  newId(unique: string): string;
  newCallId(unique: string): string;
  /** Only of a wire that goes on answering after it has said that it will: what it says at first, and whether to stop. */
  readonly background?: {
    writeQueued(call: Call): JsonObject;
    isCancelled(callId: string): boolean;
  };
  /** What is kept from earlier calls; undefined where the path is none of these. */
  look?(request: LookRequest): JsonObject | undefined;
}

export interface Route {
  readonly type: 'answer' | 'count';
  /** Of a wire that names the model in the path; the others name it in the body. */
  readonly model?: string;
  /** Of a wire whose path says it; the others say it in the body. */
  readonly isStream?: boolean;
  /** A stream that is one JSON array. */
  readonly isArray?: boolean;
}

/** What is known of a call beside its body. */
export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly model: SimulatedModel;
  /** Who pays: what is bound to an account is bound to this. */
  readonly organisation: string;
  readonly route: Route;
}

export interface LookRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly organisation: string;
}

/** What is asked, as far as a simulated model cares. */
export interface Ask {
  /** In the order in which prefixes are cached: tools, instructions, messages. */
  readonly segments: readonly Segment[];
  /** The newest words of a person, reminders of the harness left out. */
  readonly userText: string;
  /** What tools gave since then, where the newest turn brings that. */
  readonly results: readonly string[];
  /** How many times tools were called since then. */
  readonly rounds: number;
  readonly tools: readonly AskTool[];
  readonly toolChoice:
    | { readonly type: 'auto' | 'none' | 'required' }
    | { readonly type: 'named'; readonly name: string };
  readonly isParallel: boolean;
  readonly format:
    | { readonly type: 'text' | 'json' }
    | { readonly type: 'schema'; readonly schema: JsonObject };
  readonly stop: readonly string[];
  readonly maxTokens: number;
  readonly thinking: Thinking;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
  readonly choices: number;
  /** Of every signature given with the answer. */
  readonly organisation: string;
  /** What the wire itself has to remember of the request, to answer it. */
  readonly memo: JsonObject;
  readonly isBackground: boolean;
}

export interface AskTool {
  readonly name: string;
  readonly schema: JsonObject;
  readonly isFreeText: boolean;
}

/** `hidden`: paid for and never seen. `signed`: only the signature is shown. */
export interface Thinking {
  readonly type: 'none' | 'hidden' | 'signed' | 'shown';
  /** How many tokens a hard task is thought over; easier ones take less. */
  readonly upToTokens: number;
}

/** A stretch of the prompt that is cached whole or not at all. */
export interface Segment {
  readonly text: string;
  readonly tokens: number;
  /** An explicit breakpoint stands behind it. */
  readonly cache?: '5m' | '1h';
}

/** What a model says, piece by piece. A piece is what is generated (and billed) at one go. */
export interface Speech {
  readonly pieces: readonly Piece[];
  readonly calls: readonly SpokenCall[];
  readonly end:
    | 'stop'
    | 'stop-sequence'
    | 'length'
    | 'tool-calls'
    | 'refusal'
    | 'content-filter'
    /** The prompt itself was not let through. */
    | 'blocked'
    | 'malformed-call';
  readonly stopSequence: string | null;
  readonly task: { readonly id: string; readonly score: number | null } | null;
}

export interface Piece {
  readonly kind: 'hidden' | 'thinking' | 'signature' | 'text' | 'refusal' | 'call' | 'arguments';
  readonly text: string;
  readonly tokens: number;
  /** Which of the calls a `call` or `arguments` piece belongs to. */
  readonly call: number;
}

export interface SpokenCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly isFreeText: boolean;
}

export interface Call {
  readonly id: string;
  readonly requestId: string;
  readonly model: string;
  readonly createdSec: number;
  readonly ask: Ask;
  readonly speech: Speech;
  /** Of the prompt; output classes are still 0. */
  readonly promptTokens: BookTokens;
  /** A fault hides it. */
  readonly tellsUsage: boolean;
}

export interface StreamFrames {
  /** Default: text/event-stream. */
  readonly contentType?: string;
  start(): string;
  piece(piece: Piece): string;
  end(tokens: BookTokens): string;
  /** An error event inside the stream. */
  error(problem: WireProblem): string;
}

export interface Account {
  readonly callsLeft: number;
  readonly tokensLeft: number;
  readonly now: number;
  readonly elapsedMs: number;
}

export const callsPerMinute = 600_000;
export const tokensPerMinute = 2_000_000_000;

/** An error in the vendor's words. `type` and `code` default to what the status usually has. */
export class WireProblem extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: {
      readonly param?: string;
      readonly type?: string;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = 'WireProblem';
    this.status = status;
    this.param = details.param ?? null;
    this.type = details.type;
    this.code = details.code;
    this.headers = details.headers ?? {};
  }
}

export const isText = (value: JsonValue | undefined): value is string => typeof value === 'string';
export const isWhole = (value: JsonValue | undefined): value is number => Number.isSafeInteger(value);
export const isNothing = (value: JsonValue | undefined): value is null | undefined =>
  value === null || value === undefined;
