import type { Replay } from './replay.ts';
import type { ScoreRow } from './scorecard.ts';
import type { SimulatedModel } from './simulated-model.ts';
import type { SimulatedPrompt } from './simulated-prompt.ts';
import { whatIf } from './what-if.ts';
import type { TaskWorld } from './world/task-world.ts';

/** How every model does on a task of the world: score and cost, computed as the upstream would play it. */
export const worldOutcomes = (
  task: SimulatedPrompt,
  models: readonly SimulatedModel[],
  world: TaskWorld,
): ScoreRow['models'] =>
  Object.fromEntries(
    models.map((model) => {
      const { score, costNanoUsd } = whatIf(task, model, world);
      return [model.name, { score: score ?? 0, costUsd: Number(costNanoUsd) / 1e9 }];
    }),
  );

/**
 * How every model did on a recorded prompt: its score and its recorded cost, or the synthetic charge
 * where no cost was recorded. Models without an outcome are left out.
 */
export const recordedOutcomes = (prompt: SimulatedPrompt, replay: Replay): ScoreRow['models'] =>
  Object.fromEntries(
    replay.models.flatMap((model) => {
      const recorded = replay.recorded(prompt.id, model.name);
      if (!recorded) return [];
      const costUsd = recorded.costUsd ?? Number(whatIf(prompt, model, replay).costNanoUsd) / 1e9;
      return [[model.name, { score: recorded.score, costUsd }]];
    }),
  );
