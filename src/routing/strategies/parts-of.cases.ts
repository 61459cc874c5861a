import type { Subject } from '../conditions/condition.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { expectedCost } from '../expected-cost.ts';
import { Pace } from '../pace.ts';
import type { StrategyParts, StrategyQuestion } from './strategy.ts';

/** A route's parts for tests: no models, no policy, nothing measured, but for what is said otherwise. */
export const strategyParts = (rest: Partial<StrategyParts> = {}): StrategyParts => ({
  route: 'auto',
  tiers: { light: [], mid: [], frontier: [] },
  model: () => undefined,
  reference: undefined,
  predictor: () => undefined,
  expectedCost,
  speed: () => undefined,
  pace: new Pace(),
  ...rest,
});

/** A request of nobody's conversation that every model can serve. */
export const questionOf = (
  subject: Subject = subjectOf(),
  rest: Partial<StrategyQuestion> = {},
): StrategyQuestion => ({
  subject,
  session: undefined,
  chance: 0.5,
  sessionChance: 0.5,
  canServe: () => true,
  ...rest,
});
