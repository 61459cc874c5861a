import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const rows = read('docs/reference/pitfalls.md')
  .split('\n')
  .flatMap((line) => {
    const [, number, pitfall = '', done = '', holders = ''] = line.split(/ ?\| ?/);
    return /^\d+$/.test(number ?? '') ? [{ number: Number(number), pitfall, done, holders }] : [];
  });

/** "`file`" or "`file` “title”", separated by commas. */
const holdersOf = (cell: string) =>
  [...cell.matchAll(/`([^`]+)`(?: “([^”]+)”)?/g)].map(([, file = '', title]) => ({ file, title }));

describe('the page of pitfalls', () => {
  it('has each of the 52 once, in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 52 }, (_, at) => at + 1));
  });

  it.each(rows)('names what holds us to row $number', ({ pitfall, done, holders }) => {
    const named = holdersOf(holders);

    expect([pitfall, done].every((text) => text.length > 10)).toBe(true);
    expect(named.length).toBeGreaterThan(0);
    // nothing stands beside what is named
    expect(holders.replaceAll(/`[^`]+`(?: “[^”]+”)?(?:, )?/g, '')).toBe('');
    for (const { file, title } of named) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(file.endsWith('.golden'), `${file} without a title`).toBe(title === undefined);
      if (title !== undefined) expect(read(file), `the title in ${file}`).toContain(title);
    }
  });
});
