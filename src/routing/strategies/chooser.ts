import type { Weighed } from '../../core/decision.ts';
import type { Model, ModelId } from '../../core/model.ts';
import { type Ballot, createBallots } from './ballot.ts';
import { type Draw, explore } from './explore.ts';
import type { Knobs } from './knobs.ts';
import { createObjective } from './objective.ts';
import { type Option, predictedText, weighedOf } from './option.ts';
import type { StrategyParts, StrategyQuestion, Wish } from './strategy.ts';

/** Chooses by the policy in force among the candidates that are allowed; undefined allows all. */
export type Chooser = (
  question: StrategyQuestion,
  allowed: ReadonlySet<ModelId> | undefined,
  /** Asked only where the policy knows too little: whom to turn to then. */
  otherwise: () => Wish,
) => Wish;

/** What `classifier` and `hybrid` share: the policy asked, its answer held against the aim, lots drawn. */
export const createChooser = (knobs: Knobs, candidates: readonly Model[], parts: StrategyParts): Chooser => {
  const { reference, pace, predictor } = parts;
  const objective = createObjective(knobs, pace);
  const ballotOf = reference && createBallots(candidates, reference, parts);

  const draw = (best: Option, serving: readonly Option[], question: StrategyQuestion): Draw =>
    knobs.explore ? explore(best, serving, question, knobs.explore, pace) : { chosen: best, propensity: 1 };

  const settle =
    ({ options, reference: held }: Ballot, { chosen }: Draw, best: Option, target: number | undefined) =>
    (id: ModelId): void => {
      const option = options.find(({ model }) => model.id === id);
      if (!option) return;
      pace.note(option.price);
      if (target !== undefined) pace.aim(option.price, held.price, target);
      if (option === chosen && chosen !== best) pace.noteExplored(chosen.price - best.price);
    };

  const lacking = (
    { reference: held }: Ballot,
    serving: readonly Option[],
    known: readonly Option[],
  ): string | undefined => {
    if (serving.length < 2) return undefined;
    if (objective.needsReference && !isKnown(held, knobs))
      return `too little is known of ${held.model.id}, which others are held to: ${outcomesText(held, knobs)}`;
    if (known.length >= 2) return undefined;
    const nearest = serving
      .filter((option) => !isKnown(option, knobs))
      .reduce((a, b) => (b.prediction.evidence > a.prediction.evidence ? b : a));
    return `too little is known of requests like this: ${outcomesText(nearest, knobs)} of ${nearest.model.id}`;
  };

  const decided = (
    ballot: Ballot,
    serving: readonly Option[],
    eligible: readonly Option[],
    question: StrategyQuestion,
  ): Wish => {
    const held = ballot.reference;
    const isAlone = serving.length === 1;
    const sorted = [...eligible];
    objective.sort(sorted, held);
    const best = sorted[0] as Option;
    const drawn = draw(best, serving, question);
    const { chosen, propensity } = drawn;
    const order = inOrder(chosen, sorted, serving);
    return {
      tier: chosen.model.tier,
      models: order.map(({ model }) => model.id),
      mayRise: false,
      reasons: [
        predictedText(chosen, held),
        isAlone
          ? 'the only one that may serve'
          : chosen === best
            ? objective.why(best, held)
            : triedText(best),
      ],
      propensity,
      weighed: told(order, held),
      // what has no choice is no business of a budget
      settle: settle(ballot, drawn, best, isAlone ? undefined : objective.spendTarget),
    };
  };

  /** The policy decides nothing, but its figures are told, and lots may be drawn: so it comes to know more. */
  const undecided = (
    ballot: Ballot,
    serving: readonly Option[],
    question: StrategyQuestion,
    wish: Wish,
  ): Wish => {
    const best = firstOf(wish, serving);
    if (!best) return wish;
    const drawn = draw(best, serving, question);
    const { chosen, propensity } = drawn;
    return {
      ...wish,
      ...(chosen !== best && {
        tier: chosen.model.tier,
        models: [chosen.model.id, ...wish.models],
        reasons: [`${chosen.model.id} is ${triedText(best)}`],
      }),
      propensity,
      weighed: told(inOrder(chosen, [best], serving), ballot.reference),
      settle: settle(ballot, drawn, best, undefined),
    };
  };

  return (question, allowed, otherwise) => {
    const policy = predictor();
    if (!policy) return because('no policy is loaded', otherwise());
    if (!ballotOf) return because('the route has no frontier model to measure others against', otherwise());
    const ballot = ballotOf(policy, question);
    const serving = ballot.options.filter(
      ({ model: { id } }) => (allowed === undefined || allowed.has(id)) && question.canServe(id),
    );
    const known = serving.filter((option) => isKnown(option, knobs));
    const lack = serving.length === 0 ? 'none that it knows may serve' : lacking(ballot, serving, known);
    const wish =
      lack === undefined
        ? decided(ballot, serving, withUsual(known, serving, otherwise), question)
        : because(lack, undecided(ballot, serving, question, otherwise()));
    return { ...wish, policy: ballot.policy };
  };
};

/** Who is asked without any knowledge is not passed over for knowing little of it: its prediction counts as it is. */
const withUsual = (
  known: readonly Option[],
  serving: readonly Option[],
  otherwise: () => Wish,
): readonly Option[] => {
  if (known.length === serving.length || serving.length === 1) return serving;
  const usual = firstOf(otherwise(), serving);
  return !usual || known.includes(usual) ? known : [...known, usual];
};

const firstOf = ({ models }: Wish, serving: readonly Option[]): Option | undefined =>
  models.map((id) => serving.find(({ model }) => model.id === id)).find((option) => option !== undefined);

const because = (why: string, wish: Wish): Wish => ({ ...wish, reasons: [why, ...wish.reasons] });

const isKnown = ({ prediction }: Option, { evidence }: Knobs): boolean => prediction.evidence >= evidence;

const outcomesText = ({ prediction }: Option, { evidence }: Knobs): string =>
  `${Math.floor(prediction.evidence)} of ${evidence} outcomes`;

const triedText = (best: Option): string =>
  `tried in place of ${best.model.id}: nobody can tell yet who is better`;

/** The chosen, then the next best, then those of whom little is known: the dearest first. */
const inOrder = (
  chosen: Option,
  sorted: readonly Option[],
  serving: readonly Option[],
): readonly Option[] => [...new Set([chosen, ...sorted, ...serving.toSorted((a, b) => b.price - a.price)])];

const mostTold = 4;

/** The first few, the reference among them. */
const told = (order: readonly Option[], { model }: Option): readonly Weighed[] => {
  const few = order.slice(0, mostTold);
  const held = order.find((option) => option.model === model);
  if (held && !few.includes(held)) few[mostTold - 1] = held;
  return few.map(weighedOf);
};
