/**
 * Makes the policy that ships with the package, of the sources of recorded outcomes that may be learnt from
 * (`../shared/data`), and writes its figures into its model card. The same data give the same file, bit for bit.
 *
 *   npm run train-default               # writes policy and figures
 *   npm run train-default -- --check    # says whether they are what training gives
 *   npm run train-default -- --compare  # also: what words, shape, length and task are worth; takes minutes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean } from '../src/kit/statistics.ts';
import type { PolicyFile } from '../src/routing/classifier/policy.ts';
import { comparisonPart, figuresPart, withPart } from './default-policy/card.ts';
import { cellsOf } from './default-policy/cells.ts';
import { compareFamilies } from './default-policy/compare.ts';
import { type LeftOut, leaveOneOut } from './default-policy/leave-one-out.ts';
import { makePolicy } from './default-policy/make.ts';
import { learnPriors, type Priors } from './default-policy/priors.ts';
import { readSource, type SourceRow, sources } from './default-policy/sources.ts';

const root = join(import.meta.dirname, '..');
const policyPath = join(root, 'src/routing/classifier/default-policy.json');
const cardPath = join(root, 'docs/reference/default-policy.md');

export const readRows = async (): Promise<readonly SourceRow[]> =>
  (await Promise.all(sources.map(readSource))).flat();

/** The policy that ships, what it was made of, and how well its like do where they know nothing. */
export const defaultPolicy = (
  rows: readonly SourceRow[],
): { readonly policy: PolicyFile; readonly priors: Priors; readonly told: readonly LeftOut[] } => {
  const priors = learnPriors(cellsOf(rows));
  const told = leaveOneOut(rows);
  const policy = makePolicy(priors, {
    sources: sources.map(({ name, licence }) => ({
      name,
      licence,
      rows: rows.filter(({ source }) => source === name).length,
    })),
    metrics: {
      'left-out.off-by': rounded(mean(told.map(({ error }) => error))),
      'left-out.gap-coverage': rounded(mean(told.map(({ coverage }) => coverage))),
    },
  });
  return { policy, priors, told };
};

/** As it stands in the repository: a line for each field, so that a change can be read. */
export const writtenPolicy = (policy: PolicyFile): string => `${JSON.stringify(policy, null, 2)}\n`;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

if (import.meta.main) {
  const rows = await readRows();
  const { policy, priors, told } = defaultPolicy(rows);
  const text = writtenPolicy(policy);
  let card = readFileSync(cardPath, 'utf8');
  card = withPart(card, 'figures', figuresPart(policy, priors, told, text.length));
  if (process.argv.includes('--compare'))
    card = withPart(card, 'comparison', comparisonPart(compareFamilies(rows)));
  if (process.argv.includes('--check')) {
    const stale = [
      ...(text === readFileSync(policyPath, 'utf8') ? [] : [policyPath]),
      ...(card === readFileSync(cardPath, 'utf8') ? [] : [cardPath]),
    ];
    for (const path of stale) console.log(`${path} differs from what training gives`);
    process.exitCode = stale.length === 0 ? 0 : 1;
  } else {
    writeFileSync(policyPath, text);
    writeFileSync(cardPath, card);
    console.log(`default@${policy.hash.slice(0, 8)}: ${text.length} bytes`);
  }
}
