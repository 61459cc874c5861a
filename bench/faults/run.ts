import { invariants } from './invariants.ts';
import { type Figure, isPassed, none, type Scenario, worse } from './scenario.ts';
import { openStage } from './stage.ts';

/** What a scenario came to over all its runs. */
export interface Result {
  readonly id: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly isPassed: boolean;
  readonly tookMs: number;
}

export interface RunOptions {
  readonly runs: number;
  readonly isFull: boolean;
  readonly seed: string;
}

const longestRunMs = 240_000;

/** Plays a scenario so often; of each figure the worst counts. */
export const play = async (scenario: Scenario, { runs, isFull, seed }: RunOptions): Promise<Result> => {
  const startedMs = performance.now();
  let figures: readonly Figure[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const next = await once(scenario, isFull, `${seed}-${run}`);
    figures = figures.length === 0 ? next : worst(figures, next);
  }
  return {
    ...{ id: scenario.id, title: scenario.title, figures },
    isPassed: figures.every(isPassed),
    tookMs: performance.now() - startedMs,
  };
};

const once = async (scenario: Scenario, isFull: boolean, seed: string): Promise<readonly Figure[]> => {
  const stage = openStage(isFull, seed);
  let late: NodeJS.Timeout | undefined;
  try {
    const outOfTime = new Promise<never>((_resolve, reject) => {
      late = setTimeout(() => reject(new Error('it did not come to an end')), longestRunMs);
    });
    const figures = await Promise.race([scenario.run(stage), outOfTime]);
    return [...figures, ...(await invariants(stage.gateways))];
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return [none(`runs that broke off: ${said}`, 1)];
  } finally {
    clearTimeout(late);
    await stage.end();
  }
};

/** A figure that only one run has stands as it is. */
const worst = (before: readonly Figure[], next: readonly Figure[]): readonly Figure[] => {
  const byName = new Map(before.map((figure) => [figure.what, figure]));
  for (const figure of next) {
    const known = byName.get(figure.what);
    byName.set(figure.what, known ? worse(known, figure) : figure);
  }
  return [...byName.values()];
};
