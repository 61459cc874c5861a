import type { Model } from '../../core/model.ts';
import type { Prediction, Predictor } from '../../core/prediction.ts';
import type { Option } from './option.ts';
import type { StrategyParts, StrategyQuestion } from './strategy.ts';

/** What is known of one request's candidates. */
export interface Ballot {
  readonly policy: string;
  /** The candidates, in their order. */
  readonly options: readonly Option[];
  /** The model that others are measured against, at what it would cost who always asked it. */
  readonly reference: Option;
}

/** Asks the policy of each candidate and of the reference, and prices them. */
export const createBallots = (
  candidates: readonly Model[],
  reference: Model,
  { route, expectedCost }: StrategyParts,
): ((policy: Predictor, question: StrategyQuestion) => Ballot) => {
  const asked = candidates.includes(reference) ? candidates : [...candidates, reference];
  const referenceAt = asked.indexOf(reference);
  return (policy, { subject, session, embedding }) => {
    const { ask, agent, tags } = subject;
    const predictions = policy.predict(
      { ask, features: subject, route, agent, tags, embedding },
      asked,
      reference,
    );
    const optionOf = (model: Model, index: number, conversation = session): Option => {
      const prediction = predictions[index] as Prediction;
      const cost = expectedCost(model, subject, conversation, prediction.outputTokens?.mean);
      return { model, prediction, cost, price: Number(cost) };
    };
    const options = candidates.map((model, index) => optionOf(model, index));
    return {
      policy: policy.policy,
      options,
      // who always asks the reference finds its cache as warm as this one
      reference: optionOf(reference, referenceAt, session && { ...session, model: reference.id }),
    };
  };
};
