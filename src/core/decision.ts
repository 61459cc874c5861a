import type { Features } from './features.ts';
import type { ModelId, Tier } from './model.ts';
import type { NanoUsd } from './money.ts';
import type { Bounded } from './prediction.ts';

/** Models to ask in turn. A step of several is asked side by side. */
export interface PlanStep {
  readonly ask: readonly ModelId[];
  /** The answer is heard to its end and goes out only if this holds; else the next step is asked. Never on the last step. */
  readonly acceptIf?: Acceptance;
}

/** Evidence that an answer is good enough, looked for once it is whole. All that is named must hold. */
export interface Acceptance {
  /** Reasons to pass an answer over, by its own looks. */
  readonly refuse: readonly EvidenceAgainst[];
  /**
   * Answers of a step's models must say the same: the others are at least so like the one that goes out, on the
   * average. 1: the same number, option, JSON, code or calls; prose is compared by its words.
   */
  readonly agreement?: number;
  /** Another model reads question and answer and gives a mark from 0 to 1. */
  readonly verifier?: { readonly model: ModelId; readonly atLeast: number };
  /** The caller's own tests, sent with the request. */
  readonly tests?: readonly AnswerTest[];
}

/** `misfit`: not the JSON that was asked for; `bad-call`: a call of no offered tool, or with arguments that do not fit. */
export const evidenceAgainst = ['misfit', 'bad-call', 'refusal', 'empty', 'truncated'] as const;
export type EvidenceAgainst = (typeof evidenceAgainst)[number];

/** A check of the answer's text that a caller brings along. */
export type AnswerTest =
  | { readonly type: 'contains'; readonly text: string }
  | { readonly type: 'matches'; readonly pattern: string }
  | { readonly type: 'excludes'; readonly text: string };

/** What a classifier knew of a candidate when it decided. */
export interface Weighed {
  readonly model: ModelId;
  readonly success: Bounded;
  readonly gap: Bounded;
  readonly evidence: number;
  /** With the prompt cache as it stands. */
  readonly cost: NanoUsd;
}

/** How an embeddings endpoint was asked about the newest ask before it was decided. */
export interface EmbeddingNote {
  readonly model: ModelId;
  /** `cached` and `answered`: the policy saw it. `late`, `failed`, `resting` (left alone after failing): decided without. */
  readonly outcome: 'cached' | 'answered' | 'late' | 'failed' | 'resting';
  /** How long the decision waited for it. */
  readonly waitedMs: number;
}

/** Whether a conversation goes to another model, and what that is worth. All money in nano-dollars. */
export interface SwitchNote {
  readonly from: ModelId;
  readonly to: ModelId;
  /** `moved`, or why not (and then `to` is what would have been). */
  readonly verdict: 'moved' | 'stayed' | 'locked';
  /** "tool loop", "cache cold", "compaction", "escalation: 3 errors in a row", "comes back", "not worth it" … */
  readonly why: string;
  /** Of all remaining turns; negative where it would lose money. */
  readonly expectedValue: NanoUsd;
  readonly turnsLeft: number;
  readonly savingPerTurn: NanoUsd;
  readonly cacheLoss: NanoUsd;
  readonly reasoningLoss: NanoUsd;
  /** It went up because things went wrong, and is to come back. */
  readonly isEscalation?: true;
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
  /** The policy that was asked: name and version. */
  readonly policy?: string;
  /** What it knew, the chosen model first; the likeliest few only. */
  readonly weighed?: readonly Weighed[];
  /** Where an embeddings endpoint was wanted. */
  readonly embedding?: EmbeddingNote;
  /** Where the conversation had a model already. */
  readonly switching?: SwitchNote;
  /** Chance with which this plan was chosen; 1 unless exploring. */
  readonly propensity: number;
}
