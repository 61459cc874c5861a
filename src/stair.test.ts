import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Ground first: a folder imports only from itself and the steps before it. */
const stair =
  'kit core dialects catalog features providers sessions routing experiments access cache ledger quality telemetry storage gateway surfaces batch simulator learning audit app server cli testing'.split(
    ' ',
  );

const root = import.meta.dirname;
const folderOf = (file: string): string => relative(root, file).split('/')[0] ?? '';

describe('the stair', () => {
  it.each(globSync(`${root}/*/**/*.ts`).filter((file) => !/\.(test|cases)\.ts$/.test(file)))(
    'holds in %s',
    (file) => {
      const from = stair.indexOf(folderOf(file));
      const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
      const up = imports
        .map(([, path = '']) => folderOf(join(dirname(file), path)))
        .filter((folder) => stair.indexOf(folder) > from);

      expect(from, 'the folder is a step of the stair').toBeGreaterThanOrEqual(0);
      expect(up, 'imports that go up').toEqual([]);
    },
  );
});
