import { describe } from '../../src/features/describe.ts';
import { requestOf } from '../../src/learning/dataset.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import type { OutcomeRecord } from '../../src/simulator/outcomes.ts';

export interface RowOptions {
  /** The caller's own tag "task", as a team with routes or tags would send it; without, text and shape are all there is. */
  readonly tag?: (record: OutcomeRecord) => string;
  /** What is never parted; each record by itself unless told. */
  readonly group?: (record: OutcomeRecord) => string;
}

/** Recorded outcomes as rows to learn from and to be judged on, described as the gateway would describe them. */
export const rowsOf = (
  records: readonly OutcomeRecord[],
  { tag, group = ({ id }) => id }: RowOptions = {},
): readonly TrainingRow[] =>
  records.map((record) => {
    const { features, ask } = describe(requestOf(record), record.prompt?.length ?? 0);
    const tags: Readonly<Record<string, string>> = tag ? { task: tag(record) } : {};
    return {
      id: record.id,
      group: group(record),
      subject: { ask, features, route: 'auto', agent: '', tags },
      outcomes: record.outcomes ?? {},
      weight: 1,
    };
  });
