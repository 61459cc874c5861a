import type { Predictor } from '../../../src/core/prediction.ts';
import { rowsOf } from '../../../src/learning/dataset.ts';
import { type CalibrationLine, calibrationLine } from '../../../src/learning/evaluate-calibration.ts';
import { recordedModel } from '../../../src/learning/evaluate-models.ts';
import { halvesOf } from '../../../src/learning/folds.ts';
import { recalibratePolicy } from '../../../src/learning/recalibrate.ts';
import type { TrainingRow } from '../../../src/learning/trainer.ts';
import { hierarchical } from '../../../src/learning/trainers/hierarchical.ts';
import { createPredictor } from '../../../src/routing/classifier/predictor.ts';
import { createRandom } from '../../../src/simulator/chance.ts';
import { recordsOf } from '../data.ts';
import { engine } from '../engine.ts';
import { counted, left, right, three, withInterval } from '../figures.ts';
import { labelSets, rowsOfSet } from '../own-label-sets.ts';
import type { Pair } from '../pair-figures.ts';
import type { Aim, BenchOptions, BenchTable } from '../table.ts';

/** Whether "80 %" comes true eight times in ten. */
export const calibration: BenchTable = {
  name: 'calibration',
  title: 'Calibration: predicted chances and what came true',
  protocol:
    'In distribution: trained on one half of a set, told on the other, both ways, for the two models of the first pair. Out of it: one task of ulab is left out of the training rows and told, for four of its tasks; then again with 200 rows of the task, drawn at random, added to the training rows and taken out of the test, and with the same 200 rows used only to bend the curves of the policy that had never seen the task (`calibrate`). Text only, no tags.',
  sources: ['routellm', 'ulab_llmrouter', 'reasoning_gym', 'bfcl_2024_08'],
  measure: async (options) => {
    const rows: string[][] = [];
    const aims: Aim[] = [];
    const steps = labelSets.length + localSteps.length;
    for (const [at, set] of labelSets.entries()) {
      const pair = set.pairs[0] as Pair;
      const { plain } = await rowsOfSet(set);
      const { ece, floor, brier, outcomes } = inDistribution(set.name, plain, pair, options);
      rows.push([
        `${set.name}, in distribution`,
        counted(outcomes),
        withInterval(ece),
        three(floor),
        withInterval(brier),
      ]);
      if (plain.length >= 2000)
        aims.push({
          what: `${set.name}, ECE in distribution`,
          aim: '≤ .02 above the floor',
          measured: `${three(ece.value)}, floor ${three(floor)}`,
          isMet: ece.value - floor <= 0.02,
        });
      options.progress(at + 1, steps);
    }
    for (const [at, step] of localSteps.entries()) {
      const { of, ece, floor, brier, outcomes } = await outOfDistribution(step, options);
      rows.push([of, counted(outcomes), withInterval(ece), three(floor), withInterval(brier)]);
      options.progress(labelSets.length + at + 1, steps);
    }
    return {
      columns: [left(''), right('outcomes'), right('ECE (95 %)'), right('floor'), right('Brier (95 %)')],
      rows,
      notes: [
        'The ECE of tasks never seen is that of each task by itself, averaged by rows; so is its floor.',
        'A bootstrap adds noise to an ECE, so its interval lies to the right.',
      ],
      aims,
    };
  },
};

/** What a team has of a task that its policy has not seen, and what it does with it. */
interface LocalStep {
  readonly name: string;
  readonly labels: number;
  readonly learn: (others: readonly TrainingRow[], local: readonly TrainingRow[], seed: number) => Predictor;
}

const localSteps: readonly LocalStep[] = [
  { name: 'ulab, a task never seen', labels: 0, learn: (others, _, seed) => engine(others, seed) },
  {
    name: 'ulab, a task with 200 local labels',
    labels: 200,
    learn: (others, local, seed) => engine([...others, ...local], seed),
  },
  {
    name: 'ulab, calibrated by 200 local labels',
    labels: 200,
    learn: (others, local, seed) => {
      const policy = hierarchical.train(others, { name: 'bench', seed, sources: [] });
      const options = { name: 'bench', seed, sources: [], tierOf: () => undefined };
      return createPredictor(recalibratePolicy(policy, local, options).policy);
    },
  },
];

const inDistribution = (
  name: string,
  rows: readonly TrainingRow[],
  pair: Pair,
  { seed, resamples }: BenchOptions,
): CalibrationLine => {
  const [first, second] = halvesOf(rows, { seed });
  const cells = [
    ...cellsOf(engine(first, seed), second, pair),
    ...cellsOf(engine(second, seed), first, pair),
  ];
  return calibrationLine(name, cells, { seed, resamples });
};

const outOfDistribution = async (
  { name, labels, learn }: LocalStep,
  { seed, resamples, isQuick }: BenchOptions,
): Promise<CalibrationLine> => {
  const pair = labelSets.find((set) => set.name === 'ulab')?.pairs[0] as Pair;
  const records = await recordsOf('ulab_llmrouter');
  const all = rowsOf(records);
  const taskOf = new Map(records.map(({ id, category }) => [id, category]));
  const tasks = [...Map.groupBy(all, ({ id }) => taskOf.get(id) ?? '')]
    .filter(([, rows]) => rows.length >= 300)
    .slice(0, isQuick ? 1 : 4);
  const lines = tasks.map(([task, mine]) => {
    const local = createRandom('local labels', seed, task).some(mine, labels);
    const chosen = new Set(local.map(({ id }) => id));
    const others = all.filter(({ id }) => taskOf.get(id) !== task);
    const test = mine.filter(({ id }) => !chosen.has(id));
    return calibrationLine(`${name} ${task}`, cellsOf(learn(others, local, seed), test, pair), {
      seed,
      resamples: Math.ceil(resamples / 4),
    });
  });
  const outcomes = lines.reduce((sum, line) => sum + line.outcomes, 0);
  const average = (read: (line: CalibrationLine) => number): number =>
    lines.reduce((sum, line) => sum + line.outcomes * read(line), 0) / outcomes;
  const estimate = (read: (line: CalibrationLine) => CalibrationLine['ece']) => ({
    value: average((line) => read(line).value),
    low: average((line) => read(line).low),
    high: average((line) => read(line).high),
  });
  return {
    of: name,
    outcomes,
    ece: estimate(({ ece }) => ece),
    floor: average(({ floor }) => floor),
    brier: estimate(({ brier }) => brier),
  };
};

const cellsOf = (predictor: Predictor, test: readonly TrainingRow[], { weak, strong }: Pair) => {
  const names = [weak, strong];
  const models = [recordedModel(weak, 'light'), recordedModel(strong, 'frontier')];
  const reference = models[1] as (typeof models)[0];
  return test.flatMap(({ subject, outcomes, group }) =>
    predictor.predict(subject, models, reference).flatMap(({ success }, at) => {
      const outcome = outcomes[names[at] ?? ''];
      return outcome ? [{ group, predicted: success.value, score: outcome.score }] : [];
    }),
  );
};
