import type { z } from 'zod';
import type { Acceptance, Weighed } from '../../core/decision.ts';
import type { Features } from '../../core/features.ts';
import type { Model, ModelId, Tier } from '../../core/model.ts';
import type { NanoUsd } from '../../core/money.ts';
import type { Predictor } from '../../core/prediction.ts';
import type { SessionState } from '../../sessions/session-memory.ts';
import type { Subject } from '../conditions/condition.ts';
import type { Pace } from '../pace.ts';
import type { Speed } from '../speed.ts';

/** What a strategy wants: models in order of preference, and why. Gates have the last word. */
export interface Wish {
  /** Of the first model wished for. */
  readonly tier: Tier;
  readonly models: readonly ModelId[];
  /**
   * A cascade, in place of `models`, which then names the same models in the same order. A step's models
   * are asked side by side. Models that gates reject drop out, empty steps vanish, and whatever is last
   * is not judged.
   */
  readonly steps?: readonly WishStep[];
  readonly rule?: string;
  /** After these models the route's dearer tiers may be asked; false where somebody named models one by one. */
  readonly mayRise: boolean;
  /** Where rules bound the choice: nothing else may be asked, whoever holds the conversation. */
  readonly within?: readonly ModelId[];
  readonly reasons: readonly string[];
  /** Chance with which just this was wished for; 1 unless lots were drawn. */
  readonly propensity: number;
  /** The policy that was asked, and what it knew: the wished model first, the likeliest few only. */
  readonly policy?: string;
  readonly weighed?: readonly Weighed[];
  /** Told once which model is asked first in the end, gates and conversations having had their say. */
  readonly settle?: (model: ModelId) => void;
}

export interface WishStep {
  readonly models: readonly ModelId[];
  readonly acceptIf?: Acceptance;
}

/** The tiers of a route as lists of models, each in order of preference; empty ones already filled from a neighbour. */
export type TierModels = Readonly<Record<Tier, readonly ModelId[]>>;

/** What a strategy may use of its route; all of it is known at load. */
export interface StrategyParts {
  readonly route: string;
  readonly tiers: TierModels;
  readonly model: (id: ModelId) => Model | undefined;
  /** The route's frontier model: what quality and spend are measured against. */
  readonly reference: Model | undefined;
  /** The policy in force; may be another one at the next request. */
  readonly predictor: () => Predictor | undefined;
  /** With the prompt cache as it stands. */
  readonly expectedCost: ExpectedCost;
  /** How fast a model was of late; undefined where nobody measured it. */
  readonly speed: (model: ModelId) => Speed | undefined;
  /** What the route has spent so far, kept over changes of the configuration. */
  readonly pace: Pace;
}

export type ExpectedCost = (
  model: Model,
  features: Features & { readonly now?: number },
  session?: SessionState,
  outputTokens?: number,
) => NanoUsd;

/** One request, as a strategy sees it. */
export interface StrategyQuestion {
  readonly subject: Subject;
  /** Who answered the conversation last; undefined where nothing is known of it. */
  readonly session: SessionState | undefined;
  /** For the policy, where it takes one and somebody was asked in time. */
  readonly embedding?: Float32Array | undefined;
  /** Uniform in [0, 1), by the exchange's id: lots drawn with it can be drawn again. */
  readonly chance: number;
  /** The same by the conversation. */
  readonly sessionChance: number;
  /** Whether the gates let a model serve this request. */
  readonly canServe: (model: ModelId) => boolean;
  /** Why an answer could not be judged before it goes out; gives undefined where it can. */
  readonly unjudged?: () => string | undefined;
}

/** One way to choose models: pure but for the parts it is handed, and synchronous. */
export interface Strategy<Config = unknown> {
  readonly type: string;
  readonly summary: string;
  readonly config: z.ZodType<Config>;
  /** Made once at load; what it returns runs on the hot path. */
  compile(config: Config, parts: StrategyParts): (question: StrategyQuestion) => Wish;
}

export const defineStrategy = <Config>(strategy: Strategy<Config>): Strategy<Config> => strategy;
