/**
 * Routing quality: every table with its intervals and controls, the same figures on every run.
 *
 *   npm run bench:routing -- --only own-labels --quick
 */
import { hasSource } from './data.ts';
import { readOptions } from './options.ts';
import { writePage } from './page.ts';
import { createProgress } from './progress.ts';
import { type Outcome, textReport } from './report.ts';
import { tables } from './tables/index.ts';

const options = readOptions(
  process.argv.slice(2),
  tables.map(({ name }) => name),
);
const chosen = tables.filter(({ name }) => options.only?.includes(name) ?? true);
const progress = createProgress(chosen.length);
const outcomes: Outcome[] = [];
for (const table of chosen) {
  progress.begin(table.name);
  const start = performance.now();
  const missing = table.sources.filter((source) => !hasSource(source));
  if (missing.length > 0) outcomes.push({ type: 'skipped', table, missing });
  else {
    const measured = await table.measure({
      seed: options.seed,
      resamples: options.isQuick ? 200 : 1000,
      isQuick: options.isQuick,
      progress: progress.step,
    });
    outcomes.push({ type: 'measured', table, measured, seconds: (performance.now() - start) / 1000 });
  }
  progress.end((performance.now() - start) / 1000);
}
progress.close();
process.stdout.write(
  options.isJson
    ? `${JSON.stringify(
        outcomes.map(({ table: { name }, ...outcome }) => ({ name, ...outcome })),
        undefined,
        2,
      )}\n`
    : textReport(outcomes),
);
if (options.writes) writePage(outcomes, options.seed);
