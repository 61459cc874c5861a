import type { Heard } from './heard.ts';
import type { Outlet } from './outlet.ts';
import { Race } from './race.ts';

/**
 * A call, and after a while in which nothing of an answer came, the same call once more beside it: the
 * first word decides, and the other call is broken off ("The Tail at Scale", Dean and Barroso, 2013).
 * `again` may decline. Gives the call that answered. Rejects where either does.
 */
export const callHedged = async <Result extends { readonly heard: Heard }>(
  first: (outlet: Outlet) => Promise<Result>,
  again: (outlet: Outlet) => Promise<Result | undefined>,
  outlet: Outlet,
  afterMs: number,
): Promise<Result> => {
  const race = new Race(outlet);
  const lane = race.lane();
  const calling = first(lane);
  const isLate = await happensFirst(afterMs, calling);
  if (!isLate || race.isDecided || lane.isGone || lane.cutBy) return calling;
  // a fault in one must not leave the other talking to the caller
  const ended = await Promise.allSettled([calling, again(race.lane())]);
  const [one, other] = ended.map(endOf) as [Result, Result | undefined];
  if (!other) return one;
  const isOther = race.isDecided ? !race.isWonBy(lane) : one.heard.outcome === 'failed';
  return isOther ? other : one;
};

const endOf = <Value>(ended: PromiseSettledResult<Value>): Value => {
  if (ended.status === 'rejected') throw ended.reason;
  return ended.value;
};

const happensFirst = (ms: number, calling: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    calling.then(stop, stop);
  });
