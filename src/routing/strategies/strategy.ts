import type { z } from 'zod';
import type { ModelId, Tier } from '../../core/model.ts';
import type { Subject } from '../conditions/condition.ts';

/** What a strategy wants, before gates: models in order of preference, and why. */
export interface Wish {
  readonly tier: Tier;
  readonly models: readonly ModelId[];
  readonly rule?: string;
  /** After these models the route's dearer tiers may be asked; false where somebody named models one by one. */
  readonly mayRise: boolean;
  readonly reasons: readonly string[];
  readonly propensity: number;
}

/** The tiers of a route as lists of models, each in order of preference; empty ones already filled from a neighbour. */
export type TierModels = Readonly<Record<Tier, readonly ModelId[]>>;

/** Pure and synchronous: features in, a wish out. */
export interface Strategy<Config = unknown> {
  readonly type: string;
  readonly summary: string;
  readonly config: z.ZodType<Config>;
  compile(config: Config, tiers: TierModels): (subject: Subject) => Wish;
}

export const defineStrategy = <Config>(strategy: Strategy<Config>): Strategy<Config> => strategy;
