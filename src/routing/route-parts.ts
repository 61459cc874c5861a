import type { ChatRequest } from '../core/chat.ts';
import type { Holder } from '../core/exchange.ts';
import type { Features } from '../core/features.ts';
import type { DialectName, Model, ModelId, Tier } from '../core/model.ts';
import type { Predictor } from '../core/prediction.ts';
import type { Experience, SessionState } from '../sessions/session-memory.ts';
import type { Subject } from './conditions/condition.ts';
import type { Pace } from './pace.ts';
import type { Speed } from './speed.ts';
import type { ExpectedCost, TierModels } from './strategies/strategy.ts';

/** What a route is made with; all of it is known at load. */
export interface RouteParts {
  readonly name: string;
  readonly tiers: TierModels;
  readonly model: (id: ModelId) => Model | undefined;
  /** The route's frontier model: quality and spend are measured against it, and observed requests go there that named none. */
  readonly baseline: Model | undefined;
  /** The dialect in which a model is spoken to for a caller of this one. */
  readonly dialectOf: (model: Model, caller: DialectName, hasTools: boolean) => DialectName | undefined;
  /** In which dialects a provider is spoken to; undefined where it is not configured. */
  readonly spokenBy: (provider: string) => readonly DialectName[] | undefined;
  readonly isHealthy: (model: Model) => boolean;
  /** How long until a model may be asked that is left alone. */
  readonly waitMs?: (model: ModelId) => number;
  readonly expectedCost: ExpectedCost;
  /** The policy in force. */
  readonly predictor?: () => Predictor | undefined;
  readonly speed?: (model: ModelId) => Speed | undefined;
  readonly pace?: Pace;
  /** What conversations in general have taught. */
  readonly experience?: Experience | undefined;
}

/** What a decision is made from. */
export interface Question {
  readonly request: ChatRequest;
  readonly subject: Subject;
  readonly features: Features;
  readonly allowedModels: readonly string[] | undefined;
  /** Who answered the conversation last; undefined where nothing is known of it. */
  readonly session?: SessionState | undefined;
  /** Where the conversation so far is kept; undefined where it is all in the request. */
  readonly holder?: Holder | undefined;
  /** The caller named a tier or a model instead of leaving the choice to the route. */
  readonly named:
    | { readonly type: 'tier'; readonly tier: Tier }
    | { readonly type: 'model'; readonly model: Model }
    | undefined;
  /** In observe mode: the model the caller's words mean. */
  readonly asked: Model | undefined;
  /** Uniform in [0, 1), by the exchange's id. Default: the middle. */
  readonly chance?: number;
  /** The same by the conversation. Default: the middle. */
  readonly sessionChance?: number;
  /** What an embeddings endpoint made of the ask; undefined where none was asked, or none answered in time. */
  readonly embedding?: Float32Array | undefined;
  /** Only to see what would be decided: no budget is told. */
  readonly isRehearsal?: boolean;
}
