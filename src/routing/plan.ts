import type { PlanStep } from '../core/decision.ts';
import { type Model, type ModelId, type Tier, tiers } from '../core/model.ts';
import type { RouteParts } from './route-parts.ts';
import type { Sieve } from './sieve.ts';
import { tierIn } from './strategies/listed.ts';
import type { Wish, WishStep } from './strategies/strategy.ts';

/** A call each for at most so many models: whoever waits longer has hung up. */
const mostSteps = 4;

/** Turns wishes into plans: what the gates leave of them, then the dearer models that may be asked where all fail. */
export const createPlanner = ({
  tiers: tierModels,
  model,
}: RouteParts): ((wish: Wish, gates: Pick<Sieve, 'canServe'>) => readonly PlanStep[]) => {
  const known = (ids: readonly ModelId[]): readonly Model[] =>
    [...new Set(ids)].map(model).filter((found) => found !== undefined);
  const fromTier = (tier: Tier): readonly ModelId[] =>
    tiers.slice(tiers.indexOf(tier)).flatMap((dearer) => tierModels[dearer]);
  // by the list of models itself: rules wish for the same few lists over and over
  const lists = new WeakMap<readonly ModelId[], readonly Model[]>();
  const listOf = ({ models, mayRise, tier }: Wish): readonly Model[] => {
    let list = lists.get(models);
    if (!list) {
      list = known(mayRise ? [...models, ...fromTier(tier)] : models);
      lists.set(models, list);
    }
    return list;
  };
  const afterSteps = ({ steps = [], mayRise }: Wish): readonly Model[] => {
    const last = steps.at(-1)?.models[0];
    return mayRise && last ? known(fromTier(tierIn(tierModels, last))) : [];
  };
  return (wish, gates) => {
    const steps = wish.steps ? judgedSteps(wish.steps, (id) => gates.canServe(model(id))) : [];
    for (const candidate of wish.steps ? afterSteps(wish) : listOf(wish)) addStep(steps, candidate, gates);
    if (steps.length === 0 && wish.steps)
      for (const candidate of listOf(wish)) addStep(steps, candidate, gates);
    return lastUnjudged(steps);
  };
};

/** Looked at even where there are enough, so that all reasons are told. */
const addStep = (steps: PlanStep[], candidate: Model, gates: Pick<Sieve, 'canServe'>): void => {
  if (gates.canServe(candidate) && steps.length < mostSteps && !isAsked(candidate.id, steps))
    steps.push({ ask: [candidate.id] });
};

const judgedSteps = (steps: readonly WishStep[], serving: (id: ModelId) => boolean): PlanStep[] => {
  const kept: PlanStep[] = [];
  for (const { models, acceptIf } of steps) {
    const ask = models.filter((id) => serving(id) && !isAsked(id, kept));
    // one voice agrees with itself whatever it says
    if (ask.length === 0 || (acceptIf?.agreement !== undefined && ask.length < 2)) continue;
    kept.push(acceptIf ? { ask, acceptIf } : { ask });
  }
  return kept;
};

const isAsked = (id: ModelId, steps: readonly PlanStep[]): boolean =>
  steps.some(({ ask }) => ask.includes(id));

const lastUnjudged = (steps: PlanStep[]): readonly PlanStep[] => {
  const last = steps.at(-1);
  if (last?.acceptIf) steps[steps.length - 1] = { ask: last.ask };
  return steps;
};
