import type { ReportKey, ReportRow } from '../ledger/ledger.ts';
import { countText, durationText, moneyText, shareText } from './figures.ts';
import { tierPaint } from './model-tables.ts';
import type { Paint } from './paint.ts';
import { type Cell, type Column, tableText } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface Report {
  readonly by: ReportKey;
  readonly rows: readonly ReportRow[];
  readonly total: ReportTotal;
}

/** Over all rows. Sessions are counted once, though they stand in several rows. */
export type ReportTotal = Omit<ReportRow, 'key' | 'p50TotalMs' | 'p95TotalMs'>;

export const totalOf = (rows: readonly ReportRow[], sessions: number): ReportTotal => {
  const counts = (pick: (row: ReportRow) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  const amounts = (pick: (row: ReportRow) => bigint): bigint =>
    rows.reduce((sum, row) => sum + pick(row), 0n);
  return {
    requests: counts(({ requests }) => requests),
    failed: counts(({ failed }) => failed),
    sessions,
    promptTokens: amounts(({ promptTokens }) => promptTokens),
    answerTokens: amounts(({ answerTokens }) => answerTokens),
    cost: amounts(({ cost }) => cost),
    baselineCost: amounts(({ baselineCost }) => baselineCost),
    estimated: counts(({ estimated }) => estimated),
    passedOver: counts(({ passedOver }) => passedOver),
    labelled: counts(({ labelled }) => labelled),
    meanScore: meanOf(rows),
  };
};

const meanOf = (rows: readonly ReportRow[]): number | null => {
  const labelled = rows.reduce((sum, row) => sum + row.labelled, 0);
  if (labelled === 0) return null;
  return rows.reduce((sum, row) => sum + (row.meanScore ?? 0) * row.labelled, 0) / labelled;
};

/** What savings are: below zero where routing cost more than it saved. */
export const savedOf = ({ cost, baselineCost }: Pick<ReportRow, 'cost' | 'baselineCost'>): bigint =>
  baselineCost - cost;

export const reportText = (
  { by, rows, total }: Report,
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { paint } = terminal;
  const shape = {
    isPerSession: by !== 'session',
    hasFailed: total.failed > 0,
    hasPassedOver: total.passedOver > 0,
    hasLabels: total.labelled > 0,
  };
  const figures = [
    'REQUESTS',
    ...(shape.hasFailed ? ['FAILED'] : []),
    ...(shape.hasPassedOver ? ['PASSED OVER'] : []),
    ...['PROMPT', 'ANSWER', 'COST'],
    ...(shape.isPerSession ? ['/SESSION'] : []),
    ...['FRONTIER', 'SAVED', '', 'P50'],
    ...(shape.hasLabels ? ['LABELS', 'SCORE'] : []),
  ];
  const columns: readonly Column[] = [
    { title: by.toUpperCase(), shrinks: true },
    ...figures.map((title) => {
      const leaves = leavesFirst.indexOf(title);
      return { title, align: 'right' as const, ...(leaves >= 0 && { leaves }) };
    }),
  ];
  const body = rows.map((row) => rowCells(row, by, shape, paint, row.p50TotalMs));
  const last = rowCells({ ...total, key: 'total' }, 'total', shape, paint, undefined);
  const bold = last.map(
    (cell): Cell => (typeof cell === 'string' ? { text: cell, paint: paint.bold } : cell),
  );
  const notes = [
    'FRONTIER: what the same tokens would have cost at the frontier model, its prompt cache as warm. SAVED: less what was really paid.',
    ...(total.passedOver > 0
      ? ['PASSED OVER: calls whose answers were not good enough to go out; they are paid for all the same.']
      : []),
    ...(total.estimated > 0
      ? [
          `~ holds estimates: of ${total.estimated} exchange${total.estimated === 1 ? '' : 's'} the upstream told no final usage.`,
        ]
      : []),
  ];
  return [tableText(columns, [...body, bold], terminal), '', ...notes.map(paint.dim)].join('\n');
};

/** What a narrow terminal does without, before names of models are cut short; --json has all of it. */
const leavesFirst = ['/SESSION', 'P50', 'ANSWER', 'PROMPT', 'FRONTIER', 'LABELS', 'PASSED OVER'];

const rowCells = (
  row: ReportTotal & { readonly key: string },
  by: ReportKey | 'total',
  {
    isPerSession,
    hasFailed,
    hasPassedOver,
    hasLabels,
  }: Readonly<Record<'isPerSession' | 'hasFailed' | 'hasPassedOver' | 'hasLabels', boolean>>,
  paint: Paint,
  p50Ms: number | undefined,
): readonly Cell[] => {
  const saved = savedOf(row);
  const mark = row.estimated > 0 ? '~' : '';
  const savedPaint = saved < 0n ? paint.red : paint.green;
  return [
    by === 'tier' ? { text: row.key, paint: tierPaint(row.key, paint) } : row.key,
    countText(row.requests),
    ...(hasFailed ? [row.failed === 0 ? '0' : { text: countText(row.failed), paint: paint.red }] : []),
    ...(hasPassedOver ? [countText(row.passedOver)] : []),
    countText(row.promptTokens),
    countText(row.answerTokens),
    `${mark}${moneyText(row.cost)}`,
    ...(isPerSession ? [row.sessions === 0 ? '–' : moneyText(row.cost / BigInt(row.sessions))] : []),
    moneyText(row.baselineCost),
    { text: moneyText(saved), paint: savedPaint },
    { text: shareText(saved, row.baselineCost), paint: savedPaint },
    p50Ms === undefined || p50Ms === 0 ? '' : durationText(p50Ms),
    ...(hasLabels ? [countText(row.labelled), row.meanScore === null ? '–' : row.meanScore.toFixed(2)] : []),
  ];
};
