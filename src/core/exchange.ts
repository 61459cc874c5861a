import type { JsonScan } from '../kit/json-scan.ts';
import type { Caller, RequestTags } from './caller.ts';
import type { ChatRequest } from './chat.ts';
import type { Decision } from './decision.ts';
import type { ErrorCode } from './errors.ts';
import type { JsonValue } from './json.ts';
import type { DialectName, ModelId, Tier } from './model.ts';
import type { NanoUsd } from './money.ts';
import type { EndReason } from './reply.ts';
import type { Usage } from './usage.ts';

/** 26 characters, sortable by time of birth. */
export type ExchangeId = string & { readonly id: 'exchange' };

/** A request as it came in. */
export interface Received {
  readonly id: ExchangeId;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly dialect: DialectName;
  /** The body as it came. */
  readonly bytes: Buffer;
  /** Where the top-level keys of `bytes` stand. */
  readonly scan: JsonScan;
  readonly request: ChatRequest;
  /** The bytes do not say what `request` does, or not in the caller's dialect: they never pass. */
  readonly isRewritten?: boolean;
  readonly tags: RequestTags;
  /** Headers that a same-dialect upstream may see: `anthropic-version`, `anthropic-beta` … */
  readonly wireHeaders: Readonly<Record<string, string>>;
  /** The query a same-dialect upstream may see: "?beta=true" or "". */
  readonly wireQuery: string;
  readonly session: string;
}

/** … from somebody who may ask. */
export interface Admitted extends Received {
  readonly caller: Caller;
  readonly route: string;
  /** The caller's own provider key, passed through to that provider's host only. */
  readonly ownKey?: { readonly provider: string; readonly secret: string };
  /** Where the conversation so far is kept: it goes on there only. */
  readonly holder?: Holder;
  /** The conversation so far was kept by us, and `request` has it: its newest response, and what the caller sent itself. */
  readonly goesOnFrom?: { readonly id: string; readonly input: readonly JsonValue[] };
}

/** An account that keeps something of a conversation. */
export interface Holder {
  readonly provider: string;
  /** The name of the credential; undefined for the caller's own key. */
  readonly credential: string | undefined;
  readonly model: ModelId;
}

/** … with the models that shall answer. */
export interface Decided extends Admitted {
  readonly decision: Decision;
  /** The newest thing that was asked, with wrappings set apart. */
  readonly ask?: string;
  /** The call that was made to decide by: it is paid for like any other. */
  readonly embedded?: Attempt;
}

/** One call to one upstream, however it ended. */
export interface Attempt {
  readonly model: ModelId;
  readonly provider: string;
  readonly tier: Tier;
  /** Milliseconds after the request came in. */
  readonly startedMs: number;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
  readonly status: number | null;
  readonly outcome: 'ok' | 'failed' | 'cut' | 'cancelled';
  readonly code: ErrorCode | null;
  readonly message: string | null;
  readonly usage: Usage;
  readonly cost: NanoUsd;
  /** The upstream told no (final) usage, or was served on a tier whose prices are not known: an estimate of ours. */
  readonly isEstimated: boolean;
  readonly upstreamId: string | null;
  readonly endReason: EndReason | null;
  readonly priceVersion: string;
  /** It answered, and why its answer did not go out: "empty", "misfit: …", "not proven: …". */
  readonly passedOver?: string;
  /** Asked for a mark on another's answer, or for what the ask is like, and not for an answer of its own. */
  readonly role?: 'verifier' | 'embedding';
}

/** What is kept of a request: served, stored, audited, trained on and replayed. */
export interface Exchange {
  readonly id: ExchangeId;
  readonly receivedAt: number;
  readonly dialect: DialectName;
  readonly askedModel: string;
  readonly caller: string;
  readonly session: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The program that asked, where it said. */
  readonly agent?: string;
  readonly decision: Decision;
  readonly attempts: readonly Attempt[];
  /** `partial`: the answer was cut after its first byte. */
  readonly outcome: 'ok' | 'failed' | 'partial' | 'client-gone';
  readonly errorCode: ErrorCode | null;
  readonly status: number;
  /** The model that answered; null where none did. */
  readonly model: ModelId | null;
  readonly tier: Tier | null;
  readonly isStream: boolean;
  /** Sum over all attempts. */
  readonly cost: NanoUsd;
  readonly isEstimated: boolean;
  /** What the same tokens would have cost at the frontier model of the route, with its cache as warm as this one's. */
  readonly baselineCost: NanoUsd;
  readonly baselineModel: ModelId | null;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
  readonly warnings: readonly string[];
  /** Only where storing texts is switched on. */
  readonly texts?: {
    readonly prompt: string;
    readonly answer: string;
    /** What was newly asked, as the decision was made by it. */
    readonly ask?: string;
  };
}

/** What is durable before the first upstream byte leaves: enough to charge for a call that a crash cut off. */
export interface Intent {
  readonly id: ExchangeId;
  readonly receivedAt: number;
  readonly dialect: DialectName;
  readonly askedModel: string;
  readonly caller: string;
  readonly session: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly isStream: boolean;
  readonly decision: Decision;
  /** The call about to be made; 0 for the first, one more for each fallback. */
  readonly attempt: number;
  /** A call to decide by: what is decided then outweighs the decision of this record. */
  readonly isBeforehand?: true;
  readonly model: ModelId;
  /** Upper bound of what the call can cost: input bounded by bytes, output by its limit. */
  readonly reserved: NanoUsd;
  readonly reservedUsage: Usage;
  readonly priceVersion: string;
}
