import type { ModelId } from '../../../src/core/model.ts';
import { quantile } from '../../../src/kit/statistics.ts';
import { requestOf } from '../../../src/learning/dataset.ts';
import { recordedModel } from '../../../src/learning/evaluate-models.ts';
import { halvesOf } from '../../../src/learning/folds.ts';
import { expectedCost } from '../../../src/routing/expected-cost.ts';
import { compileRoute, routeSchema } from '../../../src/routing/route.ts';
import { interruptions, questionOf } from '../../timed-question.ts';
import { engine } from '../engine.ts';
import { left, right } from '../figures.ts';
import { labelSets, rowsOfSet } from '../own-label-sets.ts';
import type { BenchTable } from '../table.ts';

const tierLists = {
  light: ['llama-3.1-8b-instruct', 'gemma-2-9b-it', 'qwen2.5-7b-instruct'],
  mid: ['llama-3.3-nemotron-super-49b-v1'],
  frontier: ['llama-3.1-nemotron-51b-instruct'],
};

/** Describing a request and deciding about it. */
export const decisionTime: BenchTable = {
  name: 'decision-time',
  title: 'Time of a decision',
  protocol:
    'A route with the strategy "classifier" and a policy trained on half of ulab, five models. Timed is all of it: describing the request, predicting, choosing and passing the gates; every request is another one.',
  sources: ['ulab_llmrouter'],
  measure: async ({ seed, isQuick, progress }) => {
    const set = labelSets.find(({ name }) => name === 'ulab');
    if (!set) throw new Error('there is no set "ulab"');
    const { plain } = await rowsOfSet(set);
    const [training] = halvesOf(plain, { seed });
    const predictor = engine(training, seed);
    progress(1, 3);
    const models = Object.entries(tierLists).flatMap(([tier, names]) =>
      names.map((name) => recordedModel(name, tier as keyof typeof tierLists, { inputUsd: 1, outputUsd: 4 })),
    );
    const route = compileRoute(routeSchema.parse({ strategy: { type: 'classifier', quality: 0.95 } }), {
      name: 'auto',
      tiers: tierLists as unknown as Readonly<Record<keyof typeof tierLists, readonly ModelId[]>>,
      model: (id) => models.find((model) => model.id === id),
      baseline: models.at(-1),
      dialectOf: () => 'openai-chat',
      spokenBy: () => ['openai-chat'],
      isHealthy: () => true,
      expectedCost,
      predictor: () => predictor,
    });
    const asks = plain.map(({ subject }) => subject.ask).filter((ask) => ask.length > 0);
    const times = (bytes: number, rounds: number): readonly number[] =>
      Array.from({ length: 2 * rounds }, (_, round): number | undefined => {
        const request = requestOf({
          id: `${round}`,
          dataset: 'time',
          category: 'time',
          prompt: textOf(asks, round, bytes),
        });
        const before = interruptions();
        const start = performance.now();
        route(questionOf(request, bytes));
        const took = 1000 * (performance.now() - start);
        return interruptions() === before ? took : undefined;
      })
        .slice(rounds)
        .filter((took) => took !== undefined);
    const small = times(2000, isQuick ? 500 : 3000);
    progress(2, 3);
    const large = times(100_000, isQuick ? 100 : 400);
    const line = (name: string, took: readonly number[], p50Aim: number, p99Aim: number) => {
      const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
      return {
        row: [name, microseconds(p50), microseconds(p99)],
        aim: {
          what: `Time of a decision, ${name}`,
          aim: `p50 ≤ ${microseconds(p50Aim)}, p99 ≤ ${microseconds(p99Aim)}`,
          measured: `p50 ${microseconds(p50)}, p99 ${microseconds(p99)}`,
          isMet: p50 <= p50Aim && p99 <= p99Aim,
        },
      };
    };
    const lines = [line('2 kB', small, 100, 1000), line('100 kB', large, 1000, 5000)];
    return {
      columns: [left('prompt'), right('p50'), right('p99')],
      rows: lines.map(({ row }) => row),
      notes: [
        'Times are of the machine and differ from run to run. Decisions in the middle of which the processor was given to somebody else are left out.',
      ],
      aims: lines.map(({ aim }) => aim),
    };
  },
};

/** Real asks one after another, from another place each time. */
const textOf = (asks: readonly string[], round: number, bytes: number): string => {
  const parts: string[] = [];
  let length = 0;
  for (let at = round * 7; length < bytes; at += 1) {
    const ask = asks[at % asks.length] ?? '';
    parts.push(ask);
    length += ask.length + 1;
  }
  return parts.join('\n').slice(0, bytes);
};

const microseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} µs`;
