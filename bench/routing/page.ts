import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aimWords, type Outcome, skippedWords } from './report.ts';

const path = join(import.meta.dirname, '../../docs/reference/routing-quality.md');

/** Writes the reference page. Throws where a table was skipped: a page without it would say less than the last one. */
export const writePage = (outcomes: readonly Outcome[], seed: number): void => {
  const skipped = outcomes.find((outcome) => outcome.type === 'skipped');
  if (skipped?.type === 'skipped') throw new Error(skippedWords(skipped.missing));
  writeFileSync(path, pageOf(outcomes, seed));
};

const pageOf = (outcomes: readonly Outcome[], seed: number): string => {
  const measured = outcomes.flatMap((outcome) => (outcome.type === 'measured' ? [outcome] : []));
  const aims = measured.flatMap(({ measured: { aims: mine } }) => mine);
  return [
    '# Routing quality',
    '',
    ...opening(seed),
    '',
    '## What was aimed at',
    '',
    ...markdownTable(
      ['', 'aim', 'measured', ''],
      aims.map(({ what, aim, measured: value, isMet }) => [what, aim, value, isMet ? 'met' : '**missed**']),
    ),
    '',
    ...published,
    ...measured.flatMap(({ table, measured: { columns, rows, notes, aims: mine } }) => [
      `## ${table.title}`,
      '',
      `${table.protocol} (\`--only ${table.name}\`)`,
      '',
      ...markdownTable(
        columns.map(({ title }) => title),
        rows,
        columns.map(({ align }) => align === 'right'),
      ),
      '',
      ...notes.flatMap((note) => [note, '']),
      ...(mine.length > 0 ? [...mine.map((aim) => `- ${aimWords(aim)}`), ''] : []),
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
};

const opening = (seed: number): readonly string[] => [
  `Written by \`npm run bench:routing -- --write\`, seed ${seed}. All figures but times are the same on every run. The recorded outcomes are not part of the package; where they are missing, the command says which tables it skipped.`,
  '',
  'How to read the tables:',
  '',
  '- **APGR**: rows are ordered by how much a router wants the strong model; at the edges of ten equal-size quantile bins, everything above goes to the strong model, all else to the weak one. The area under quality by share of strong calls, as a share of the gap between both models: .5 is a coin. **CPT50** and **CPT80** are the shares of strong calls that close 50 and 80 % of the gap (after RouteLLM).',
  '- **AIQ**: the area under the non-decreasing convex hull of cost and quality, over the largest cost (after RouterBench).',
  '- **ECE**: distance between predicted chances and what came true, in ten bins of equal mass. Its **floor** is what a perfectly calibrated predictor would score on so many rows.',
  '- Intervals hold 95 % and come from a paired bootstrap over rows (or groups of rows that belong together): differences are read from the same draws. Test rows choose nothing: no setting, no sign, no model.',
];

const published: readonly string[] = [
  '## Published figures to hold them against',
  '',
  ...'| | best published router | CPT50 / CPT80 / APGR | random | prompt length |\n| --- | --- | --- | --- | --- |\n| MT-Bench (72) | matrix factorisation, arena and judge data | 13.40 / 31.31 / .802 | .500 | .556 |\n| MMLU (14,037) | similarity-weighted, arena and MMLU validation labels | 35.40 / 71.55 / .603 | .500 | .583 |\n| GSM8K (1,307) | causal LLM, arena and judge data | 33.64 / 63.26 / .622 | .497 | .598 |'.split(
    '\n',
  ),
  '',
  'RouteLLM (arXiv 2406.18665), on all its rows; ours are on half of them. Prompt length was measured by us. RouterBench (arXiv 2403.12031) finds its learnt routers hardly above the hull of single models. On SWE-bench Verified, TwinRouterBench (arXiv 2605.18859) reports 75 of 100 for $25.66 for its best trained router; constants among recorded models match it.',
  '',
];

const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isRight: readonly boolean[] = [],
): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `| ${head.map((_, at) => (isRight[at] ? '---:' : '---')).join(' | ')} |`,
  ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
];
