import { describe } from '../../../src/features/describe.ts';
import { type Rewriting, rewritings } from '../../../src/features/stability.cases.ts';
import { quantile, wilson } from '../../../src/kit/statistics.ts';
import { requestOf } from '../../../src/learning/dataset.ts';
import { halvesOf } from '../../../src/learning/folds.ts';
import type { TrainingRow } from '../../../src/learning/trainer.ts';
import { createRandom } from '../../../src/simulator/chance.ts';
import type { OutcomeRecord } from '../../../src/simulator/outcomes.ts';
import { recordsOf } from '../data.ts';
import { engine } from '../engine.ts';
import { counted, left, percent, right } from '../figures.ts';
import { gapRouter } from '../learners.ts';
import { labelSets, rowsOfSet } from '../own-label-sets.ts';
import type { Pair } from '../pair-figures.ts';
import type { BenchTable } from '../table.ts';

const setNames = ['MMLU', 'GSM8K', 'ulab'];
const shares = [0.25, 0.5, 0.75];

/** Whether the same question in other clothes goes to the same model. */
export const stability: BenchTable = {
  name: 'stability',
  title: 'Stability: the same choice for the same question in other clothes',
  protocol:
    'The policies of the table of own labels (text only) choose between the two models for rows of the half they have not seen, 300 a set, at three settings: a quarter, a half and three quarters of the training rows to the strong model. Each request is then rewritten: other wrappings around the question, the options of a choice in another order, other agent instructions and tools. Told is the share of choices that stay.',
  sources: ['routellm', 'ulab_llmrouter'],
  measure: async ({ seed, isQuick, progress }) => {
    const kept = new Map<Rewriting, { same: number; all: number }>();
    const sets = labelSets.filter(({ name }) => setNames.includes(name)).slice(0, isQuick ? 1 : 3);
    for (const [at, set] of sets.entries()) {
      const pair = set.pairs[0] as Pair;
      const { plain } = await rowsOfSet(set);
      const [training, test] = halvesOf(plain, { seed });
      const router = gapRouter(engine(training, seed), pair);
      const gaps = router(training);
      const limits = shares.map((share) => quantile(gaps, 1 - share));
      const records = new Map((await recordsOf(set.source)).map((record) => [record.id, record]));
      const chosen = createRandom('stability', seed, set.name).some(test, isQuick ? 60 : 300);
      const before = router(chosen);
      for (const rewriting of rewritings) {
        const after = router(chosen.map((row) => rewritten(row, records.get(row.id), rewriting)));
        const known = kept.get(rewriting) ?? { same: 0, all: 0 };
        for (const [row, gap] of before.entries())
          for (const limit of limits) {
            known.all += 1;
            if (gap >= limit === (after[row] ?? 0) >= limit) known.same += 1;
          }
        kept.set(rewriting, known);
      }
      progress(at + 1, sets.length);
    }
    const total = (kind?: Rewriting['kind']): { same: number; all: number } => {
      const mine = [...kept].filter(([rewriting]) => kind === undefined || rewriting.kind === kind);
      return {
        same: mine.reduce((sum, [, { same }]) => sum + same, 0),
        all: mine.reduce((sum, [, { all }]) => sum + all, 0),
      };
    };
    const line = (kind: string, name: string, { same, all }: { same: number; all: number }): string[] => {
      const { low, high } = wilson(same, all);
      return [kind, name, counted(all), `${percent(same / all)} (${percent(low)} to ${percent(high)})`];
    };
    const all = total();
    return {
      columns: [left('kind'), left('rewriting'), right('choices'), right('the same (95 %)')],
      rows: [
        ...[...kept].map(([{ kind, name }, figures]) => line(kind, name, figures)),
        ...(['wrapper', 'options', 'agent'] as const).map((kind) =>
          line(kind, 'all of the kind', total(kind)),
        ),
        line('all', '', all),
      ],
      notes: ['A question without options is no other with its options turned; those count as they are.'],
      aims: [
        ...(['wrapper', 'options', 'agent'] as const).map((kind) => {
          const { same, all: choices } = total(kind);
          return {
            what: `Stability, ${kind}`,
            aim: '≥ 95 % the same',
            measured: percent(same / choices),
            isMet: same / choices >= 0.95,
          };
        }),
      ],
    };
  },
};

const rewritten = (
  row: TrainingRow,
  record: OutcomeRecord | undefined,
  { rewrite }: Rewriting,
): TrainingRow => {
  if (!record) return row;
  const request = rewrite(requestOf(record));
  const { features, ask } = describe(request, record.prompt?.length ?? 0);
  return { ...row, subject: { ...row.subject, features, ask } };
};
