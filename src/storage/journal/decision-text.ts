import type { Decision, SwitchNote, Weighed } from '../../core/decision.ts';
import type { Features } from '../../core/features.ts';
import type { NanoUsd } from '../../core/money.ts';
import { unread } from '../../features/unread.ts';

/** With amounts as decimal text: JSON has no whole numbers of that size. */
type Written<Noun> = { readonly [Key in keyof Noun]: Noun[Key] extends NanoUsd ? string : Noun[Key] };

type WrittenDecision = Omit<Written<Decision>, 'features' | 'weighed' | 'switching'> & {
  /** Those that are not as they are of a request that nobody has looked at: few of most requests. */
  readonly features: Partial<Features>;
  readonly weighed?: readonly Written<Weighed>[];
  readonly switching?: Written<SwitchNote>;
};

/** A decision as JSON; fields it grows that hold no amounts are kept without a change here. */
export const writeDecision = (decision: Decision): string => {
  const { weighed, switching } = decision;
  const written: WrittenDecision = {
    ...(decision as Omit<Decision, 'features' | 'weighed' | 'switching'>),
    features: telling(decision.features),
    predictedCost: decision.predictedCost.toString(),
    ...(weighed && { weighed: weighed.map((one) => ({ ...one, cost: one.cost.toString() })) }),
    ...(switching && {
      switching: {
        ...switching,
        expectedValue: switching.expectedValue.toString(),
        savingPerTurn: switching.savingPerTurn.toString(),
        cacheLoss: switching.cacheLoss.toString(),
        reasoningLoss: switching.reasoningLoss.toString(),
      },
    }),
  };
  return JSON.stringify(written);
};

export const readDecision = (text: string): Decision => {
  const { weighed, switching, ...decision } = JSON.parse(text) as WrittenDecision;
  return {
    ...decision,
    features: { ...unread, ...decision.features },
    predictedCost: amount(decision.predictedCost),
    ...(weighed && { weighed: weighed.map((one) => ({ ...one, cost: amount(one.cost) })) }),
    ...(switching && {
      switching: {
        ...switching,
        expectedValue: amount(switching.expectedValue),
        savingPerTurn: amount(switching.savingPerTurn),
        cacheLoss: amount(switching.cacheLoss),
        reasoningLoss: amount(switching.reasoningLoss),
      },
    }),
  };
};

const telling = (features: Features): Partial<Features> => {
  const told: Record<string, unknown> = {};
  for (const name in features) {
    const value = features[name as keyof Features];
    if (value !== unread[name as keyof Features]) told[name] = value;
  }
  return told;
};

const amount = (text: string): NanoUsd => BigInt(text) as NanoUsd;
