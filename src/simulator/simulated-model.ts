import type { Capabilities, Tier } from '../core/model.ts';

/** The wires that simulated models are reached by. */
export type Wire = 'openai-chat' | 'anthropic-messages';

/** A model that is played: what it charges, how able and how quick it is, and what it refuses. */
export interface SimulatedModel {
  readonly name: string;
  readonly displayName: string;
  readonly wire: Wire;
  readonly tier: Tier;
  readonly prices: SimulatedPrices;
  readonly skill: Skill;
  readonly pace: Pace;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: Capabilities;
  /** What its maker's caches do beside reading. */
  readonly cacheWrites: 'free' | '30m' | 'explicit';
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
