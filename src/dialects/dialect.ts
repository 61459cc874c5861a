import type { ChatRequest, ReasoningOwner } from '../core/chat.ts';
import type { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { DialectName, Model } from '../core/model.ts';
import type { EndReason, Reply, ReplyEvent, UpstreamError } from '../core/reply.ts';
import type { Usage } from '../core/usage.ts';
import type { JsonScan } from '../kit/json-scan.ts';

/**
 * A wire protocol, spoken both ways. `read…` comes in from the wire, `write…` goes out; the same
 * module serves callers who speak it and upstreams that do.
 */
export interface Dialect {
  readonly name: DialectName;
  /** Its requests have no stop sequences: where a caller has some, the gateway cuts the answer itself. */
  readonly hasNoStop?: boolean;

  /**
   * The canonical request a body says. Unknown fields are kept (`extras`, vendor blocks), never refused.
   * Throws GatewayError `invalid-request` with `param` on what every upstream of this dialect would
   * refuse: missing or mistyped fields, wrong roles, unpaired tool results.
   */
  readRequest(body: JsonObject, address?: RequestAddress): ChatRequest;

  /**
   * The same request for an upstream of this same dialect: the caller's bytes with the written list
   * of splices (`docs/reference/splices-*.md`), never a re-serialisation.
   */
  passRequest(pass: PassRequest): PassedRequest;

  /**
   * The body for a model of this dialect, of a request that came in another one. What is dropped is
   * named in `warnings` ("seed", "logit_bias"). Throws `not-translatable` with `param` where dropping
   * would change what the caller can observe (WIRE 7.0).
   */
  writeRequest(request: ChatRequest, target: Target): WrittenRequest;

  /** Throws GatewayError `upstream-bad` where the body is no answer of this dialect. */
  readReply(body: JsonObject): Reply;
  writeReply(reply: Reply, call: ReplyCall): JsonObject;

  /** Upstream SSE to events. One reader a stream. */
  readStream(): StreamReader;
  /** Events to SSE for the caller. One writer a stream. */
  writeStream(call: ReplyCall): StreamWriter;
  /** Same dialect on both sides: bytes pass, a copy is read. One tap a stream. */
  tapStream(tap: { readonly hidesUsage: boolean }): StreamTap;

  /**
   * Whether what only a model's maker can read comes back with the conversation: this caller gets it in
   * the dialect's own opaque field. Left out where the dialect has no such field.
   */
  carriesReasoning?(request: ChatRequest): boolean;

  /** Sorts an upstream's error answer; `body` is undefined where it was no JSON. */
  readError(status: number, body: JsonObject | undefined, headers: Headers): UpstreamError;
  /** Our own error (or an upstream's, in our words) as a caller of this dialect expects it. */
  writeError(error: GatewayError, requestId: string): WrittenError;
  /** The frame that ends a stream in which something went wrong after its first byte (WIRE 7.9). */
  writeStreamError(error: GatewayError, requestId: string): string;
}

/** What of a request stands in its path: Gemini names model and stream there. */
export interface RequestAddress {
  readonly model: string;
  readonly isStream: boolean;
}

/** Lower-case names; a repeated header's values are joined by ", ". */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface PassRequest {
  readonly bytes: Buffer;
  /** Where the top-level keys of `bytes` stand. */
  readonly scan: JsonScan;
  readonly request: ChatRequest;
  readonly model: Model;
  readonly quirks: Quirks;
  /** Opaque reasoning, by its data, that this model would be refused for: it is left out, as are seals. */
  readonly cut?: ReadonlySet<string>;
}

export interface PassedRequest {
  readonly body: Buffer;
  /** Top-level fields that were left out because the chosen model or its server refuses them: for the caller's warnings. */
  readonly dropped: readonly string[];
}

/** Ways in which a provider's upstream differs from the dialect's own vendor, as data. */
export interface Quirks {
  /** Role that carries instructions: "developer" is refused by most servers but OpenAI's. */
  readonly systemRole?: 'system' | 'developer';
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** `stream_options` is not understood: usage is then estimated where the server sends none unasked. */
  readonly hasNoStreamOptions?: boolean;
  /** Top-level fields the server refuses. */
  readonly refusedFields?: readonly string[];
  /** Fields of a message that the server refuses. */
  readonly refusedMessageFields?: readonly string[];
  /** Ids of tool calls have exactly nine letters and digits. */
  readonly callIds?: 'nine-alphanumerics';
  /** Pictures named by an address are not fetched: only data is taken. */
  readonly fetchesNoImages?: boolean;
  /** Field of an assistant message in which the server wants the reasoning behind its calls back. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
}

export interface Target {
  readonly model: Model;
  readonly quirks: Quirks;
  /** The answer is cut at the caller's stop sequences by us, so they need not be said. */
  readonly emulatesStop?: boolean;
}

export interface WrittenRequest {
  readonly body: JsonObject;
  readonly warnings: readonly string[];
  /** Headers the body needs, e.g. `anthropic-version`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WrittenError {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a writer must know of the call it answers. */
export interface ReplyCall {
  readonly request: ChatRequest;
  /** Our id of the exchange, from which ids in the caller's style are made. */
  readonly exchangeId: string;
  /** The name the answer carries as its model. */
  readonly modelName: string;
  /** Seconds since 1970. */
  readonly createdSec: number;
  /** Estimated prompt tokens, for dialects that tell them at the start. */
  readonly estimatedPromptTokens: number;
  /** Who answers: what only the answerer can read is marked with it. */
  readonly owner: ReasoningOwner;
}

export interface StreamReader {
  /** Any number of bytes, cut anywhere. Never throws: broken input yields a `reply-error` of class `upstream-bad`. */
  push(chunk: Buffer): readonly ReplyEvent[];
  /** The upstream closed. Yields what was still held back; no `reply-end` means that it was cut. */
  end(): readonly ReplyEvent[];
  /** The answer has ended, whatever the upstream still says: it may be broken off. */
  readonly isDone?: boolean;
}

export interface StreamWriter {
  /** SSE text for the caller: "" where the event says nothing in this dialect. */
  write(event: ReplyEvent): string;
  /** After a `reply-end`: what closes the stream ("data: [DONE]" …). */
  end(): string;
  /** The error frame, where it goes on from what was told before; else `writeStreamError` has it. */
  writeError?(error: GatewayError): string;
}

export interface StreamTap {
  /** What goes on to the caller: mostly the very chunk. Holds back at most one incomplete event. */
  push(chunk: Buffer): Buffer;
  /** The rest at the upstream's close. */
  end(): Buffer;
  /** As a writer's. */
  writeError?(error: GatewayError): string;
  /** Whole events seen so far (comments do not count): the status line waits for the first. */
  readonly events: number;
  /** Last usage told, with the service tier echoed; undefined where none was. */
  readonly usage: Usage | undefined;
  readonly serviceTier: string | undefined;
  /** UTF-8 bytes of text, reasoning and tool arguments delivered: what an estimate is made of when the stream is cut. */
  readonly deliveredBytes: number;
  /** The dialect's own end was seen. */
  readonly hasEnded: boolean;
  readonly endReason: EndReason | undefined;
  /** The answer has ended, whatever the upstream still says: it may be broken off. */
  readonly isDone?: boolean;
  /** An error event inside the stream, or what is wrong with the stream itself. */
  readonly error: UpstreamError | undefined;
  /** The bytes that passed tell of the error already: another frame would tell it twice. */
  readonly hasToldError: boolean;
  readonly upstreamId: string | undefined;
  /** The data of all opaque reasoning that passed, where the dialect has any. */
  readonly opaqueData?: readonly string[];
}
