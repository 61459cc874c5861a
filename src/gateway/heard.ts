import type { GatewayError } from '../core/errors.ts';
import type { EndReason } from '../core/reply.ts';
import type { Usage } from '../core/usage.ts';

/** What was heard of an answer, however far it came: what it is charged by. Milliseconds count from the call's begin. */
export interface HeardSoFar {
  readonly status: number | null;
  /** False where no byte of the request left. */
  readonly wasSent: boolean;
  readonly usage: Usage | undefined;
  /** As the answer says it was served, which need not be as it was asked for. */
  readonly serviceTier?: string | undefined;
  /** Of text, reasoning and tool arguments. */
  readonly deliveredBytes: number;
  readonly hasEnded: boolean;
  /** We ended it, and broke off what the upstream still had to say. */
  readonly isCutShort?: boolean;
  readonly endReason: EndReason | null;
  readonly upstreamId: string | null;
  readonly firstByteMs: number | null;
  readonly lastByteMs: number | null;
  /** The wait for its first word, and all the pauses of over a second between its pieces. */
  readonly silentMs: number;
  readonly answerText: string | undefined;
  /** The data of the opaque reasoning in an answer that passed. */
  readonly opaqueData: readonly string[];
}

export type Outcome =
  | { readonly outcome: 'ok' }
  /** The caller hung up; the call was broken off. */
  | { readonly outcome: 'cancelled' }
  /** The caller has seen part of the answer and the error that ended it. */
  | { readonly outcome: 'cut'; readonly error: GatewayError }
  /** The caller has seen nothing yet. */
  | { readonly outcome: 'failed'; readonly error: GatewayError; readonly raw?: RawAnswer };

export type Heard = HeardSoFar & Outcome;

/** An upstream's error answer, for a caller of the same dialect: a JSON object that holds no secret. */
export interface RawAnswer {
  readonly status: number;
  readonly body: Buffer;
}
