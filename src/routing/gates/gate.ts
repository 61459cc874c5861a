import type { ChatRequest } from '../../core/chat.ts';
import type { Holder } from '../../core/exchange.ts';
import type { Features } from '../../core/features.ts';
import type { DialectName, Model } from '../../core/model.ts';
import type { SessionState } from '../../sessions/session-memory.ts';

/** What a gate may look at beside the model. */
export interface GateSubject {
  readonly request: ChatRequest;
  readonly features: Features;
  /** The same without tools that its vendor runs, where the route leaves them out and none has to be called. */
  readonly withoutHosted?: ChatRequest | undefined;
  /** Who answered the conversation last; undefined where nothing is known of it. */
  readonly session?: SessionState | undefined;
  /** Where the conversation so far is kept; undefined where it is all in the request. */
  readonly holder?: Holder | undefined;
  /** Models the caller's key may use; undefined means all. */
  readonly allowedModels: readonly string[] | undefined;
  /** The dialect in which the model would be asked; undefined where its provider speaks none that it knows. */
  readonly dialectOf: (model: Model) => DialectName | undefined;
  /** Whether its provider is in the configuration, and in which dialects it is spoken to. */
  readonly spokenBy: (provider: string) => readonly DialectName[] | undefined;
  /** Circuit state: false while a provider's model is to be left alone. */
  readonly isHealthy: (model: Model) => boolean;
}

/** Applies whatever a rule says: undefined where the model may serve, else the reason why not. */
export interface Gate {
  readonly name: string;
  /** True where waiting may help (health): then the error is a 503, not a 400. */
  readonly isPassing: boolean;
  check(model: Model, subject: GateSubject): string | undefined;
}

export const defineGate = (gate: Gate): Gate => gate;
