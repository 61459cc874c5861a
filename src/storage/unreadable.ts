import type { Decision } from '../core/decision.ts';
import type { Features } from '../core/features.ts';
import { noMoney } from '../core/money.ts';
import type { ExchangeHead } from './journal/record.ts';

const constraint = 19;
const mismatch = 20;

/** True where trying again later may help; false where the record itself is at fault. */
export const isDiskFault = (error: unknown): boolean => {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  const code = Number(error.errcode) & 0xff;
  return code !== constraint && code !== mismatch;
};

/** Stands in where the record that held the decision was lost to a failing disk: the money is not. */
export const lostDecision = (head: ExchangeHead): Decision => ({
  route: head[6],
  strategy: 'unknown',
  ...(head[7] !== null && { rule: head[7] }),
  tier: (head[15] ?? 'mid') as Decision['tier'],
  plan: [],
  reasons: ['The record of this decision could not be read.'],
  rejected: [],
  features: { task: head[9] } as Features,
  predictedCost: noMoney,
  mode: head[8] as Decision['mode'],
  propensity: 1,
});
