import type { AnswerSource } from '../../simulator/answer-source.ts';
import { recordedOutcomes, worldOutcomes } from '../../simulator/counterfactuals.ts';
import { loadOutcomes } from '../../simulator/outcomes.ts';
import { createReplay } from '../../simulator/replay.ts';
import type { ScoreRow } from '../../simulator/scorecard.ts';
import type { SimulatedModel } from '../../simulator/simulated-model.ts';
import type { SimulatedPrompt } from '../../simulator/simulated-prompt.ts';
import { createTaskWorld } from '../../simulator/world/task-world.ts';
import { worldModels } from '../../simulator/world-models.ts';

/** What is sent, who may answer it, and how good each answer is. */
export interface Workload {
  readonly name: string;
  readonly prompts: readonly SimulatedPrompt[];
  readonly models: readonly SimulatedModel[];
  readonly source: AnswerSource;
  /** 0 to 1, of the text that came back. */
  score(prompt: SimulatedPrompt, model: SimulatedModel, text: string): number;
  /** What every model would have made of it, by model; costs as `costs` says. */
  outcomes(prompt: SimulatedPrompt): ScoreRow['models'];
  /** `list`: of these prices, with nothing cached. `recorded`: what was once really paid. */
  readonly costs: 'list' | 'recorded';
  readonly notes: readonly string[];
}

/** Tasks of the built-in world, whose answers can be checked. */
export const worldWorkload = ({
  seed,
  limit,
  skip,
}: {
  readonly seed: number;
  readonly limit: number;
  readonly skip: number;
}): Workload => {
  const world = createTaskWorld({ seed, size: Math.max(4000, skip + limit) });
  const tasks = world.tasks().slice(skip, skip + limit);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return {
    name: `the built-in world (seed ${seed})`,
    prompts: tasks,
    models: worldModels,
    source: world,
    score: ({ id }, _model, text) => (byId.get(id)?.check(text) ? 1 : 0),
    outcomes: (prompt) => worldOutcomes(prompt, worldModels, world),
    costs: 'list',
    notes: [
      'tasks, abilities and prices of the built-in world are assumptions; its answers are checked, not graded by a model',
    ],
  };
};

/** Prompts that real models have answered. Only those of which every model's outcome was recorded can be compared. */
export const replayWorkload = async (
  path: string,
  { limit, skip }: { readonly limit: number | undefined; readonly skip: number },
): Promise<Workload> => {
  const replay = createReplay(await loadOutcomes(path));
  const complete = replay.prompts.filter(({ id }) =>
    replay.models.every(({ name }) => replay.recorded(id, name)),
  );
  const left = replay.prompts.length - complete.length;
  return {
    name: `${replay.models.length} models' recorded answers`,
    prompts: complete.slice(skip, limit === undefined ? undefined : skip + limit),
    models: replay.models,
    source: replay,
    score: ({ id }, { name }) => replay.recorded(id, name)?.score ?? 0,
    outcomes: (prompt) => recordedOutcomes(prompt, replay),
    costs: 'recorded',
    notes: [
      ...(left > 0 ? [`${left} prompts lack some model’s outcome and were left out`] : []),
      ...replay.notes,
    ],
  };
};
