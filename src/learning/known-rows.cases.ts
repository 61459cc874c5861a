import type { Prediction, Predictor } from '../core/prediction.ts';
import { unread } from '../features/unread.ts';
import { createRandom } from '../simulator/chance.ts';
import type { TrainingRow } from './trainer.ts';

/** Chances of success by task and model: a world in which everything is known. */
export type KnownChances = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface KnownRowsOptions {
  readonly seed?: number;
  readonly costs?: Readonly<Record<string, number>>;
}

/** Rows drawn from known chances, the tasks in equal parts. */
export const knownRows = (
  count: number,
  chances: KnownChances,
  { seed = 1, costs = {} }: KnownRowsOptions = {},
): readonly TrainingRow[] => {
  const random = createRandom('known rows', seed);
  const tasks = Object.keys(chances);
  return Array.from({ length: count }, (_, at) => {
    const task = tasks[at % tasks.length] ?? '';
    const outcomes = Object.entries(chances[task] ?? {}).map(([model, chance]) => {
      const costUsd = costs[model];
      return [model, { score: random.happens(chance) ? 1 : 0, ...(costUsd !== undefined && { costUsd }) }];
    });
    return {
      id: `${seed}-${at}`,
      group: `${seed}-${at}`,
      subject: {
        ask: 'word '.repeat(random.whole(1, 50)),
        features: unread,
        route: 'auto',
        agent: '',
        tags: { task },
      },
      outcomes: Object.fromEntries(outcomes),
      weight: 1,
    };
  });
};

/** Says exactly this of each task and model, without a doubt. */
export const knowingPredictor = (chances: KnownChances): Predictor => ({
  policy: 'known@0',
  predict: ({ tags }, models, reference) => {
    const chance = (name: string): number => chances[tags.task ?? '']?.[name] ?? 0.5;
    return models.map(({ id, name }): Prediction => {
      const success = chance(name);
      const gap = success - chance(reference.name);
      return {
        model: id,
        success: { value: success, low: success, high: success },
        gap: { value: gap, low: gap, high: gap },
        evidence: 100,
        outputTokens: undefined,
      };
    });
  },
});
