import type { Features } from './features.ts';
import type { ModelId, Tier } from './model.ts';
import type { NanoUsd } from './money.ts';

/** Models to ask in turn. A step of several is asked side by side; `acceptIf` is for cascades to come. */
export interface PlanStep {
  readonly ask: readonly ModelId[];
}

export interface Rejected {
  readonly model: ModelId;
  /** Which gate: "context", "modality", "tools", "dialect", "schema", "allowed", "health" … */
  readonly gate: string;
  readonly why: string;
}

/** Which models, in turn, and why. Plain data: it can be stored, compared and replayed. */
export interface Decision {
  /** The route that decided, and the strategy's type. */
  readonly route: string;
  readonly strategy: string;
  /** Rule that matched, where one did. */
  readonly rule?: string;
  readonly tier: Tier;
  readonly plan: readonly PlanStep[];
  readonly reasons: readonly string[];
  readonly rejected: readonly Rejected[];
  readonly features: Features;
  /** Of the first model, from estimated tokens at list price. */
  readonly predictedCost: NanoUsd;
  /** `observe`: the plan was recorded and the request went where the caller asked. */
  readonly mode: 'route' | 'observe' | 'pinned';
  /** In observe mode: what routing would have chosen. */
  readonly wouldBe?: { readonly model: ModelId; readonly tier: Tier; readonly rule?: string };
  /** Models of other dialects get the request without the tools that its own vendor runs. */
  readonly leavesOutHostedTools?: true;
  /** Chance with which this plan was chosen; 1 unless exploring. */
  readonly propensity: number;
}
