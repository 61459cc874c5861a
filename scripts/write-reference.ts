/** Writes the reference pages that follow from lists in the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchemaFile } from '../src/app/config-json-schema.ts';
import { cliPage } from './reference-cli.ts';
import { configurationPage } from './reference-configuration.ts';
import { errorsPage } from './reference-errors.ts';
import { rulesPage } from './reference-rules.ts';

/** One function a page. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/cli.md': cliPage,
  'docs/reference/configuration.md': configurationPage,
  'docs/reference/errors.md': errorsPage,
  'tierwise.schema.json': configSchemaFile,
  'docs/reference/rules.md': rulesPage,
};

const root = join(import.meta.dirname, '..');

/** Pages that differ from what the code says now. */
export const stalePages = (): readonly string[] =>
  Object.entries(pages)
    .filter(([path, page]) => current(path) !== page())
    .map(([path]) => path);

const current = (path: string): string | undefined => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
};

if (import.meta.main) {
  for (const path of stalePages()) {
    writeFileSync(join(root, path), pages[path]?.() ?? '');
    console.log(`wrote ${path}`);
  }
}
