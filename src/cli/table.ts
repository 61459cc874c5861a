import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { noTableLines } from '../kit/no-table-lines.ts';
import type { Terminal } from './terminal.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
  /** May be cut where the terminal is too narrow. */
  readonly shrinks?: boolean;
  /** Left out where there is no room for it and for what shrinks; the lowest goes first. */
  readonly leaves?: number;
}

export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** Rows under dim titles, no lines, cut to the width of the terminal. */
export const tableText = (
  allColumns: readonly Column[],
  allRows: readonly (readonly Cell[])[],
  { paint, columns: width }: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const kept = keptOf(allColumns, allRows, width);
  const columns = allColumns.filter((_, index) => kept.has(index));
  const rows = allRows.map((row) => row.filter((_, index) => kept.has(index)));
  const widths = widthsOf(columns, rows, width);
  const table = new Table({
    chars: noTableLines('  '),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align = 'left' }) => align),
    head: columns.map(({ title }, index) => paint.dim(cut(title, widths[index] ?? 0))),
  });
  for (const row of rows)
    table.push(
      row.map((cell, index) => {
        const text = cut(plain(textOf(cell)), widths[index] ?? 0);
        return typeof cell === 'string' ? text : cell.paint(text);
      }),
    );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

/** One line of what a caller may have written: control characters would move the cursor, or worse. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}]/gu, ' ');

const textOf = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.text);

/** What shrinks has to stay readable. */
const readableWidth = 24;

/** Places of the columns that there is room for. */
const keptOf = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): ReadonlySet<number> => {
  const needed = naturalWidths(columns, rows).map((each, index) =>
    columns[index]?.shrinks ? Math.min(each, readableWidth) : each,
  );
  const kept = new Set(columns.keys());
  const leaving = [...columns.entries()]
    .filter(([, { leaves }]) => leaves !== undefined)
    .sort(([, left], [, right]) => (left.leaves ?? 0) - (right.leaves ?? 0));
  for (const [index] of leaving) {
    if ([...kept].reduce((sum, each) => sum + (needed[each] ?? 0) + 2, -2) <= width) break;
    kept.delete(index);
  }
  return kept;
};

const naturalWidths = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): readonly number[] =>
  columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => plain(textOf(row[index] ?? '')).length)),
  );

const widthsOf = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): readonly number[] => {
  const natural = naturalWidths(columns, rows);
  let over = natural.reduce((sum, each) => sum + each + 2, -2) - width;
  const widths = [...natural];
  while (over > 0) {
    // the widest gives way first
    const widest = columns.reduce(
      (best, { shrinks }, index) =>
        shrinks && (best < 0 || (widths[index] ?? 0) > (widths[best] ?? 0)) ? index : best,
      -1,
    );
    if (widest < 0 || (widths[widest] ?? 0) <= 8) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over--;
  }
  return widths;
};

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
