import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The address that the README's examples use. */
const exampleUrl = 'http://127.0.0.1:4100';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The code in a client's row of the README's table, in its order, with the address of a running gateway. */
export const readmeSettings = (client: string, gatewayUrl: string): readonly string[] => {
  const row = readme.split('\n').find((line) => line.startsWith('| ') && cellsOf(line)[0] === client);
  if (row === undefined) throw new Error(`the README says nothing about "${client}"`);
  const code = [...(cellsOf(row)[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  return code.map((text) => text.replace(exampleUrl, gatewayUrl));
};

const cellsOf = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
