import type { Credentials, KeyRing } from '../access/keys.ts';
import type { Caller } from '../core/caller.ts';
import type { Admitted, Decided, Received } from '../core/exchange.ts';
import type { DialectName, Effort, Model, ModelId } from '../core/model.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Provider } from '../providers/provider.ts';
import type { Resolved } from '../routing/resolve.ts';
import type { DecideAid } from './decide.ts';
import type { EmbeddingSource } from './embedder.ts';

/**
 * Everything that a configuration decides, made once and never changed. A request takes the snapshot
 * of the moment it came in and keeps it to its end, whatever is re-read meanwhile.
 */
export interface Snapshot {
  readonly keys: KeyRing;
  readonly dialects: ReadonlyMap<DialectName, Dialect>;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly model: (id: ModelId) => Model | undefined;
  /** What a caller's model name means; throws `unknown-model`. */
  readonly resolve: (name: string) => Resolved;
  /** Providers for which a route takes callers' own keys. */
  readonly passThroughKeys: (route: string) => readonly string[];
  /** Who may ask, and which route answers; throws GatewayError. */
  readonly admit: (received: Received, credentials: Credentials) => Admitted;
  /** Pure but for the clock and the pace of budgets; throws GatewayError. */
  readonly decide: (admitted: Admitted, aid?: DecideAid) => Decided;
  /** Who is asked for embeddings; undefined where nobody is. */
  readonly embeddings?: EmbeddingSource | undefined;
  /** What this caller may ask for by name. */
  readonly offers: (caller: Caller) => readonly Offer[];
  /** What savings of a route are measured against. */
  readonly baseline: (route: string) => Model | undefined;
  /** A provider that asks for a longer pause is not asked again by the same request. */
  readonly longestRetryWaitMs: number;
  /** After so long without a word a call of this route is made once more beside it; undefined: never. */
  readonly hedgeAfterMs: (route: string) => number | undefined;
  readonly storesTexts: boolean;
  /** Answers carry `server-timing`. */
  readonly tellsTiming: boolean;
}

/** Something a caller can put in the field "model": a route, a tier or a model. */
export interface Offer {
  readonly id: string;
  readonly displayName: string;
  readonly ownedBy: string;
  /** "2026-09-22", where it is known. */
  readonly released: string | undefined;
  /** Another name for what is offered already, for clients that keep only names of their own maker. */
  readonly isAlias?: boolean;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
  readonly efforts?: readonly Effort[];
  readonly takesImages?: boolean;
}
