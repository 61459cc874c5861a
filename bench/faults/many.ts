/** Does something for each item, so many at a time, and keeps the order of the results. */
export const eachOf = async <Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await act(items[at] as Item, at);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
};

/** Numbers from 0. */
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** Starts so many a second for so long, however long each takes; resolves when all have ended. */
export const atRate = async <Result>(
  perSecond: number,
  forMs: number,
  act: (at: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const running: Promise<Result>[] = [];
  const startedMs = performance.now();
  for (;;) {
    const sinceMs = performance.now() - startedMs;
    if (sinceMs >= forMs) break;
    const due = Math.floor((sinceMs / 1000) * perSecond) + 1;
    while (running.length < due) running.push(act(running.length));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return Promise.all(running);
};

/** Waits until something holds; true where it came to that in time. */
export const until = async (holds: () => boolean, patienceMs: number): Promise<boolean> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; ) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return holds();
};
