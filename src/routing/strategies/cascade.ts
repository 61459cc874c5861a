import { type Acceptance, evidenceAgainst } from '../../core/decision.ts';
import type { ModelId } from '../../core/model.ts';
import { type NanoUsd, usdText } from '../../core/money.ts';
import { compileWhen } from '../conditions/index.ts';
import { createBallots } from './ballot.ts';
import { type CascadeStep, cascadeConfig } from './cascade-config.ts';
import { isTier, listed, tierIn } from './listed.ts';
import { type Option, percent, weighedOf } from './option.ts';
import {
  defineStrategy,
  type StrategyParts,
  type StrategyQuestion,
  type TierModels,
  type Wish,
  type WishStep,
} from './strategy.ts';

export { cascadeConfig } from './cascade-config.ts';

/** Cheap first; each answer is judged before it goes out, and the next step is asked where it is not good enough. */
export const cascade = defineStrategy({
  type: 'cascade',
  summary:
    'Cheap models first: an answer is judged before it goes out, and the next step is asked where it is not good enough.',
  config: cascadeConfig,
  compile: (config, parts) => {
    const { tiers } = parts;
    const written = config.steps ?? usualSteps;
    const steps = written.map((step, index) => compileStep(step, index === written.length - 1, tiers));
    const holds = config.when && compileWhen(config.when);
    const last = steps.at(-1) as Step;
    const worth = createWorth(steps, config, parts);
    return (question) => {
      const straight =
        holds && !holds(question.subject) ? 'no rule of the cascade holds' : question.unjudged?.();
      const asked = straight === undefined ? inTurn(steps, question) : inTurn([last], question);
      if (straight !== undefined || asked.length < 2) {
        const why = straight ?? 'one step of the cascade can serve';
        return wishOf(
          asked.map(({ wish }) => wish),
          last,
          tiers,
          [`straight to ${last.name}: ${why}`],
        );
      }
      const { kept, reasons, told } = worth(asked, question);
      return {
        ...wishOf(
          kept.map(({ wish }) => wish),
          last,
          tiers,
          [nameOf(kept), ...reasons],
        ),
        ...told,
      };
    };
  },
});

const usualSteps: readonly CascadeStep[] = [{ ask: 'light' }, { ask: 'mid' }, { ask: 'frontier' }];

/** A step of the configuration, made ready. */
interface Step {
  readonly name: string;
  /** Of each model that is asked side by side those it may be, the first that can serve. */
  readonly places: readonly (readonly ModelId[])[];
  readonly acceptIf: Acceptance | undefined;
  readonly mayRise: boolean;
}

/** The same for one request. */
interface AskedStep {
  readonly step: Step;
  readonly wish: WishStep;
}

const compileStep = ({ ask, acceptIf }: CascadeStep, isLast: boolean, tiers: TierModels): Step => {
  const names = [ask].flat();
  const judged: Acceptance = { refuse: acceptIf?.refuse ?? evidenceAgainst };
  const { agreement, verifier, tests } = acceptIf ?? {};
  return {
    name: names.join(' and '),
    places: names.map((name) => listed([name], tiers)),
    mayRise: names.some(isTier),
    acceptIf: isLast
      ? undefined
      : {
          ...judged,
          ...(agreement !== undefined && { agreement }),
          ...(verifier && { verifier: { ...verifier, model: verifier.model as ModelId } }),
          ...(tests && { tests }),
        },
  };
};

/** Each step with the models that it asks, none of them twice; steps that nobody can serve are left out. */
const inTurn = (steps: readonly Step[], { canServe }: StrategyQuestion): readonly AskedStep[] => {
  const used = new Set<ModelId>();
  const asked: AskedStep[] = [];
  for (const step of steps) {
    const models: ModelId[] = [];
    const verifier = step.acceptIf?.verifier?.model;
    for (const place of step.places) {
      const model = place.find((id) => !used.has(id) && id !== verifier && canServe(id));
      if (model === undefined) continue;
      used.add(model);
      models.push(model);
    }
    const isAlone = step.acceptIf?.agreement !== undefined && models.length < 2;
    if (models.length === 0 || isAlone) continue;
    asked.push({ step, wish: step.acceptIf ? { models, acceptIf: step.acceptIf } : { models } });
  }
  return asked;
};

/** Where no step can serve, the last one's models are wished for all the same: the gates then say why not. */
const wishOf = (
  steps: readonly WishStep[],
  last: Step,
  tiers: TierModels,
  reasons: readonly string[],
): Wish => {
  const models = steps.length > 0 ? steps.flatMap((step) => step.models) : last.places.flat();
  return {
    tier: tierIn(tiers, models[0] as ModelId),
    models,
    ...(steps.length > 0 && { steps }),
    mayRise: last.mayRise,
    reasons,
    propensity: 1,
  };
};

const nameOf = (steps: readonly AskedStep[]): string =>
  `cascade: ${steps.map(({ step }) => step.name).join(', then ')}`;

interface Worth {
  readonly kept: readonly AskedStep[];
  readonly reasons: readonly string[];
  readonly told: Pick<Wish, 'policy' | 'weighed'>;
}

/** Which steps pay, by what the policy thinks of their models and by what all of it would cost. */
const createWorth = (
  steps: readonly Step[],
  { skipBelow, evidence }: { readonly skipBelow: number; readonly evidence: number },
  parts: StrategyParts,
): ((asked: readonly AskedStep[], question: StrategyQuestion) => Worth) => {
  const { model, reference, predictor, expectedCost } = parts;
  const ids = [...new Set(steps.flatMap(({ places }) => places.flat()))];
  const candidates = ids.map(model).filter((found) => found !== undefined);
  const ballotOf = reference && createBallots(candidates, reference, parts);

  const costOf = (
    { wish }: AskedStep,
    { subject, session }: StrategyQuestion,
    options: ReadonlyMap<ModelId, Option>,
  ): number => {
    const judge = wish.acceptIf?.verifier && model(wish.acceptIf.verifier.model);
    const marking = judge ? Number(expectedCost(judge, subject, undefined, markTokens)) : 0;
    return wish.models.reduce((sum, id) => {
      const found = options.get(id);
      if (found) return sum + found.price;
      const known = model(id);
      return known ? sum + Number(expectedCost(known, subject, session)) : sum;
    }, marking);
  };

  return (asked, question) => {
    const policy = predictor();
    const ballot = policy && ballotOf?.(policy, question);
    const options = new Map(ballot?.options.map((option) => [option.model.id, option]));
    const known = (option: Option | undefined): option is Option =>
      option !== undefined && option.prediction.evidence >= evidence;
    const chanceOf = ({ wish }: AskedStep): number | undefined => {
      const each = wish.models.map((id) => options.get(id));
      return each.every(known)
        ? Math.min(...each.map(({ prediction }) => prediction.success.value))
        : undefined;
    };
    const last = asked.at(-1) as AskedStep;
    const straight = costOf(last, question, options);
    const kept = [last];
    const reasons: string[] = [];
    let expected = straight;
    let isPredicted = true;
    // from the end: what a step saves depends on what would come after it
    for (const one of asked.slice(0, -1).toReversed()) {
      const cost = costOf(one, question, options);
      const chance = chanceOf(one);
      if (chance === undefined) isPredicted = false;
      else if (chance < skipBelow) {
        reasons.unshift(`${one.step.name} is skipped: predicted to succeed in ${percent(chance)} %`);
        continue;
      } else if (cost + (1 - chance) * expected >= expected) {
        reasons.unshift(`${one.step.name} is skipped: it would cost more than it saves`);
        continue;
      }
      expected = cost + (1 - (chance ?? 0)) * expected;
      kept.unshift(one);
    }
    reasons.push(costReason(expected, straight, isPredicted));
    if (!policy) reasons.push('no policy is loaded');
    const weighed = kept.flatMap(({ wish }) => wish.models.flatMap((id) => options.get(id) ?? []));
    return {
      kept,
      reasons,
      told: ballot ? { policy: ballot.policy, weighed: weighed.slice(0, mostTold).map(weighedOf) } : {},
    };
  };
};

const mostTold = 4;
/** Of a mark and the few words around it. */
const markTokens = 50;

/** Where nobody knows how often steps fail, the worst is told: that all of them do. */
const costReason = (expected: number, straight: number, isPredicted: boolean): string =>
  isPredicted
    ? `expected to cost $${usdOf(expected)} with all that fails, $${usdOf(straight)} straight`
    : `at most $${usdOf(expected)} with all that fails, $${usdOf(straight)} straight`;

const usdOf = (nano: number): string => usdText(BigInt(Math.round(nano)) as NanoUsd);
