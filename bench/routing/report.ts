import { textTable, wrappedText } from '../../src/kit/text-table.ts';
import type { SourceName } from './data.ts';
import type { Aim, BenchTable, Measured } from './table.ts';

/** A table as it came out, or why it was left out. */
export type Outcome =
  | {
      readonly table: BenchTable;
      readonly type: 'measured';
      readonly measured: Measured;
      readonly seconds: number;
    }
  | { readonly table: BenchTable; readonly type: 'skipped'; readonly missing: readonly SourceName[] };

/** For a terminal. */
export const textReport = (outcomes: readonly Outcome[]): string =>
  [
    ...outcomes.flatMap((outcome) => [
      outcome.table.title,
      ...wrappedText(outcome.table.protocol).map((line) => `  ${line}`),
      '',
      ...(outcome.type === 'skipped'
        ? [`  skipped: ${skippedWords(outcome.missing)}`]
        : [
            textTable(outcome.measured.columns, outcome.measured.rows),
            '',
            ...outcome.measured.notes.flatMap((note) => wrappedText(note).map((line) => `  ${line}`)),
            ...outcome.measured.aims.map((aim) => `  ${aimWords(aim)}`),
          ]),
      '',
    ]),
  ].join('\n');

export const skippedWords = (missing: readonly SourceName[]): string =>
  `the recorded outcomes of ${missing.join(', ')} are not here (../shared/data beside the repository)`;

export const aimWords = ({ what, aim, measured, isMet }: Aim): string =>
  `${isMet ? 'met' : 'MISSED'}: ${what}: ${measured}; aim ${aim}`;
