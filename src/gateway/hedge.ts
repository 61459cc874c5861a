import type { Attempt } from '../core/exchange.ts';
import type { Heard } from './heard.ts';
import type { Outlet } from './outlet.ts';
import { Race } from './race.ts';

/** A call that ended, and what it comes to. */
export interface Called {
  readonly heard: Heard;
  readonly attempt: Attempt;
}

export interface Hedged<Result extends Called> {
  readonly answered: Result;
  /** The call that lost, or failed before the other answered: it is paid for all the same. */
  readonly beside: Result | undefined;
}

/**
 * A call, and after a while in which nothing of an answer came, the same call once more beside it: the
 * first word decides, and the other call is broken off ("The Tail at Scale", Dean and Barroso, 2013).
 * `again` may decline. Rejects where either does.
 */
export const callHedged = async <Result extends Called>(
  first: (outlet: Outlet) => Promise<Result>,
  again: (outlet: Outlet) => Promise<Result | undefined>,
  outlet: Outlet,
  afterMs: number,
): Promise<Hedged<Result>> => {
  const race = new Race(outlet);
  const lane = race.lane();
  const calling = first(lane);
  const isLate = await happensFirst(afterMs, calling);
  if (!isLate || race.isDecided || lane.isGone || lane.cutBy)
    return { answered: await calling, beside: undefined };
  // a fault in one must not leave the other talking to the caller
  const ended = await Promise.allSettled([calling, again(race.lane())]);
  const [one, other] = ended.map(endOf) as [Result, Result | undefined];
  if (!other) return { answered: one, beside: undefined };
  const isOther = race.isDecided ? !race.isWonBy(lane) : one.heard.outcome === 'failed';
  return isOther ? { answered: other, beside: overtaken(one) } : { answered: one, beside: overtaken(other) };
};

const endOf = <Value>(ended: PromiseSettledResult<Value>): Value => {
  if (ended.status === 'rejected') throw ended.reason;
  return ended.value;
};

/** That nobody waited for it any more was not the caller's doing. */
const overtaken = <Result extends Called>(called: Result): Result =>
  called.heard.outcome === 'cancelled'
    ? { ...called, attempt: { ...called.attempt, code: null, message: 'another call answered first' } }
    : called;

const happensFirst = (ms: number, calling: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    calling.then(stop, stop);
  });
