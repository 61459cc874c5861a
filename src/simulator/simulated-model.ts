import type { Capabilities, DialectName, Effort, Tier } from '../core/model.ts';

/** The wires that simulated models are reached by. */
export type Wire = DialectName;

/** A model that is played: what it charges, how able and how quick it is, and what it refuses. */
export interface SimulatedModel {
  readonly name: string;
  readonly displayName: string;
  readonly wire: Wire;
  /** Other wires its maker serves it on. */
  readonly alsoOn?: readonly Wire[];
  readonly tier: Tier;
  readonly prices: SimulatedPrices;
  readonly skill: Skill;
  readonly pace: Pace;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: Capabilities;
  /** What its maker's caches do beside reading. */
  readonly cacheWrites: 'free' | '30m' | 'explicit';
  /** Prefixes of fewer tokens are not cached; default 1024. */
  readonly leastCachedTokens?: number;
  readonly rules?: ModelRules;
}

/** What a maker refuses of a model, beyond what `capabilities` can say. What is left out is not refused. */
export interface ModelRules {
  /** How hard it reasons where nothing is said; default: not at all. */
  readonly defaultEffort?: Effort;
  /** Function tools on Chat: refused with any effort but `none`, or unless `none` is asked for outright. */
  readonly chatTools?: 'without-effort' | 'only-at-none';
  /** OpenAI's cache fields: which generation of them it knows. */
  readonly cacheFields?: 'retention' | 'both' | 'options';
  /** Anthropic: thinking may be turned off never, at effort `high` and below, or always. */
  readonly thinkingOff?: 'never' | 'up-to-high';
  readonly takesBetweenTools?: boolean;
  /** Only the signature of thinking is shown unless the text is asked for. */
  readonly omitsThinking?: boolean;
  /** A temperature of 1 passes where sampling is refused. */
  readonly toleratesOne?: boolean;
  /** Gemini: 2.5, 3, 3.7, 4 … */
  readonly generation?: number;
  /** Gemini: thinking may not be turned off by a budget of 0. */
  readonly alwaysThinks?: boolean;
}

/** USD per million tokens, as decimal texts: each reader makes exact numbers of them in its own way. */
export interface SimulatedPrices {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string;
  readonly cacheWrite5m: string;
  readonly cacheWrite30m: string;
  readonly cacheWrite1h: string;
}

/** Chance of success at a difficulty d: (1 − lapses) / (1 + exp((d − ability) / blur)). */
export interface Skill {
  readonly ability: number;
  readonly blur: number;
  /** Share of failures at even the easiest task. */
  readonly lapses: number;
  /** How much is said around an answer; 1 is usual. */
  readonly verbosity: number;
}

/** In life; a simulated upstream may run any number of times faster. */
export interface Pace {
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
}

/** The chance that a model of this skill solves a task of this difficulty (both about 0 to 1). */
export const chanceOfSuccess = ({ ability, blur, lapses }: Skill, difficulty: number): number =>
  (1 - lapses) / (1 + Math.exp((difficulty - ability) / blur));
