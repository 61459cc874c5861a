/** Writes the reference pages that follow from lists in the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from './reference-errors.ts';

/** One function a page. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/reference/errors.md': errorsPage,
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
