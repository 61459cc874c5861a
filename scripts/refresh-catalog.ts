/**
 * Writes src/catalog/models/*.json from a models.dev-shaped file and prints what changed.
 *
 *   npm run refresh-catalog -- FILE.json[.gz] --date 2026-09-28 [--write]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { CatalogueFile } from '../src/catalog/data.ts';
import { differenceOf, fileText } from './catalogue-difference.ts';
import { modelsDev, recordsFrom, vendors } from './models-dev.ts';

const usage = 'usage: refresh-catalog FILE.json[.gz] --date YYYY-MM-DD [--write]';
const folder = join(import.meta.dirname, '../src/catalog/models');

const main = (): void => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { date: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  // the day is part of every charge: a guess at it would be kept for good
  if (!file || !/^20\d\d-[01]\d-[0-3]\d$/.test(values.date ?? '')) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  const source = modelsDev.parse(JSON.parse(text));
  for (const vendor of vendors) {
    const models = source[vendor]?.models;
    if (!models) console.log(`${vendor}: not in ${file}; left as it is`);
    else
      refresh(
        { date: values.date ?? '', source: 'models.dev', models: recordsFrom(models) },
        vendor,
        values.write,
      );
  }
  if (!values.write) console.log('\nNothing was written; add --write.');
};

const refresh = (file: CatalogueFile, vendor: string, isWriting: boolean): void => {
  const path = join(folder, `${vendor}.json`);
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as CatalogueFile).models : [];
  const { added, gone, repriced, changed } = differenceOf(before, file.models);
  console.log(`${vendor}: ${file.models.length} models`);
  for (const line of added) console.log(`  + ${line}`);
  for (const line of gone) console.log(`  - ${line}`);
  for (const line of repriced) console.log(`  $ ${line}`);
  for (const line of changed) console.log(`  ~ ${line}`);
  if (isWriting) writeFileSync(path, fileText(file));
};

main();
