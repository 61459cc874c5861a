import type { Outlet } from './outlet.ts';

/** Resolves after so long, or as soon as nobody waits for an answer any more. */
export const wait = (ms: number, outlet: Outlet): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    outlet.onGone(stop);
    outlet.onCut(stop);
  });

/** Resolves as the value does, or to nothing as soon as nobody waits for an answer any more. */
export const whileHeard = <Value>(value: Promise<Value>, outlet: Outlet): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    value.then(resolve, reject);
    const stop = (): void => resolve(undefined);
    outlet.onGone(stop);
    outlet.onCut(stop);
  });
