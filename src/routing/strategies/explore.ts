import type { Pace } from '../pace.ts';
import type { Knobs } from './knobs.ts';
import type { Option } from './option.ts';
import type { StrategyQuestion } from './strategy.ts';

/** Who is asked in the end, and the chance with which just this one was. */
export interface Draw {
  readonly chosen: Option;
  readonly propensity: number;
}

/**
 * Now and then asks another than the best: only one that may be as good as far as anybody knows, only
 * where a conversation begins (in its midst a change would cost more than it tells), and only while
 * trying has not cost more than it may.
 */
export const explore = (
  best: Option,
  options: readonly Option[],
  { session, subject, chance }: StrategyQuestion,
  { share, extraSpend }: NonNullable<Knobs['explore']>,
  pace: Pace,
): Draw => {
  if (session || subject.isToolLoop) return { chosen: best, propensity: 1 };
  const left = pace.explorationLeft(extraSpend);
  const others = options.filter(
    (option) =>
      option !== best && Math.max(option.price - best.price, 0) <= Math.max(left, 0) && isTied(option, best),
  );
  if (others.length === 0) return { chosen: best, propensity: 1 };
  const drawn = chance < share ? others[Math.floor((chance / share) * others.length)] : undefined;
  return drawn
    ? { chosen: drawn, propensity: share / others.length }
    : { chosen: best, propensity: 1 - share };
};

/** The interval of their difference holds zero; both gaps are told against the same reference. */
const isTied = ({ prediction: { gap: a } }: Option, { prediction: { gap: b } }: Option): boolean => {
  const difference = a.value - b.value;
  return (
    difference - Math.hypot(a.value - a.low, b.high - b.value) <= 0 &&
    difference + Math.hypot(a.high - a.value, b.value - b.low) >= 0
  );
};
