import Table from 'cli-table3';
import { noTableLines } from './no-table-lines.ts';

export interface TextColumn {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

/** Rows under their titles, without lines or colours, as wide as they are. */
export const textTable = (columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string => {
  const table = new Table({
    head: columns.map(({ title }) => title),
    chars: noTableLines(''),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    colAligns: columns.map(({ align = 'left' }) => align),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
};

/** Lines of at most so many characters, broken between words. */
export const wrappedText = (text: string, width = 100): readonly string[] => {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
};
