import type { Attempt, Exchange } from '../core/exchange.ts';

/** What answers tell of themselves where nobody says anything: weak evidence, each kind with a name and a weight. */
export const implicitSignals = ['failed', 'refusal', 'misfit', 're-ask', 'went-on'] as const;
export type ImplicitSignal = (typeof implicitSignals)[number];

/** What each is taken for, and in words what it is. */
export const implicitMeaning: Readonly<Record<ImplicitSignal, { score: number; summary: string }>> = {
  failed: { score: 0, summary: 'the provider refused the request or gave no whole answer' },
  refusal: { score: 0, summary: 'the model refused, or its answer was filtered' },
  misfit: {
    score: 0,
    summary: 'the answer did not fit the JSON that was asked for, or its call could not be read',
  },
  're-ask': { score: 0, summary: 'the user asked the same again in the next turn' },
  'went-on': { score: 1, summary: 'the user went on with something else in the next turn' },
};

/** What an attempt's own end says of it: outages, limits and keys say nothing of a model. */
export const attemptSignal = ({
  code,
  endReason,
  outcome,
  passedOver = '',
  role,
}: Attempt): ImplicitSignal | undefined => {
  // marks on others' answers are no answers
  if (role) return undefined;
  if (passedOver.startsWith('refusal')) return 'refusal';
  if (passedOver.startsWith('misfit') || passedOver.startsWith('bad-call')) return 'misfit';
  if (endReason === 'refusal' || endReason === 'content-filter') return 'refusal';
  if (code === 'unfit-answer' || endReason === 'malformed-call') return 'misfit';
  const isOfModel = code === 'upstream-bad' || code === 'upstream-cut' || code === 'upstream-refused';
  return isOfModel && outcome !== 'cancelled' ? 'failed' : undefined;
};

/** What of an exchange has to be remembered until the one before it in its conversation comes up. */
export interface NextTurn {
  readonly reasks: number;
  readonly isToolLoop: boolean;
}

export const nextTurnOf = ({ decision: { features } }: Exchange): NextTurn => ({
  reasks: features.reasks,
  isToolLoop: features.isToolLoop,
});

/** What the next turn of the conversation says of an answer; nothing while tools are at work. */
export const turnSignal = (
  { outcome, decision: { features } }: Exchange,
  next: NextTurn | undefined,
): ImplicitSignal | undefined => {
  if (!next || outcome !== 'ok' || next.isToolLoop) return undefined;
  return next.reasks > features.reasks ? 're-ask' : 'went-on';
};
