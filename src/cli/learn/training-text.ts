import { type Tier, tiers } from '../../core/model.ts';
import { mean } from '../../kit/statistics.ts';
import type { TrainingRow } from '../../learning/trainer.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { countText } from '../figures.ts';
import { tableText } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { labelled } from '../wrap.ts';
import type { TierSource } from './recorded-tiers.ts';

const mostModelsTold = 30;
/** Under so many outcomes of a tier, calibration says little. */
const fewOutcomes = 200;

/** What a policy was made of, and how sure it may be of itself. */
export const trainingText = (
  policy: PolicyFile,
  rows: readonly TrainingRow[],
  sourceOf: (model: string) => TierSource,
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { paint, columns } = terminal;
  const groups = new Set(rows.map(({ group }) => group)).size;
  const withWords = rows.filter(({ subject }) => subject.ask !== '').length;
  return [
    labelled(
      'rows',
      `${countText(rows.length)} in ${countText(groups)} groups, ${countText(withWords)} with their words: ${policy.sources.map(({ name, rows: count }) => `${name} ${countText(count)}`).join(', ')}`,
      columns,
      paint.dim,
    ),
    '',
    modelTable(policy, rows, sourceOf, terminal),
    '',
    calibrationTable(policy, rows, terminal),
  ].join('\n');
};

const modelTable = (
  { models }: PolicyFile,
  rows: readonly TrainingRow[],
  sourceOf: (model: string) => TierSource,
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const listed = models
    .map((model) => ({ ...model, scores: rows.flatMap(({ outcomes }) => outcomes[model.name]?.score ?? []) }))
    .toSorted((a, b) => tiers.indexOf(b.tier) - tiers.indexOf(a.tier) || mean(b.scores) - mean(a.scores));
  const more = listed.length - mostModelsTold;
  return [
    tableText(
      [
        { title: 'MODEL', shrinks: true },
        { title: 'TIER' },
        { title: 'BY' },
        { title: 'OUTCOMES', align: 'right' },
        { title: 'MEAN SCORE', align: 'right' },
      ],
      listed
        .slice(0, mostModelsTold)
        .map(({ name, tier, rows: count, scores }) => [
          name,
          tier,
          scores.length === 0 ? 'its base' : sourceOf(name),
          countText(count),
          scores.length === 0 ? '–' : mean(scores).toFixed(3),
        ]),
      terminal,
    ),
    ...(more > 0 ? [terminal.paint.dim(`… and ${more} models more.`)] : []),
  ].join('\n');
};

const calibrationTable = (
  { metrics, models }: PolicyFile,
  rows: readonly TrainingRow[],
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const tierOf = new Map(models.map(({ name, tier }): [string, Tier] => [name, tier]));
  const counts: Record<string, number> = { all: 0 };
  for (const { outcomes } of rows)
    for (const name of Object.keys(outcomes)) {
      const tier = tierOf.get(name) ?? 'mid';
      counts[tier] = (counts[tier] ?? 0) + 1;
      counts.all = (counts.all ?? 0) + 1;
    }
  const figure = (name: string, of: string): string => metrics[`${name}.${of}`]?.toFixed(3) ?? '–';
  const told = ['all', ...tiers].filter((of) => metrics[`ece.${of}`] !== undefined);
  return [
    tableText(
      [
        { title: 'HELD OUT' },
        { title: 'OUTCOMES', align: 'right' },
        { title: 'ECE', align: 'right' },
        { title: 'FLOOR', align: 'right' },
        { title: 'BRIER', align: 'right' },
      ],
      told.map((of) => [
        of,
        countText(counts[of] ?? 0),
        figure('ece', of),
        figure('ece-floor', of),
        figure('brier', of),
      ]),
      terminal,
    ),
    terminal.paint.dim(
      'ECE: how far chances are off, on rows that were not learnt from. FLOOR: what a perfect predictor would score on so many.',
    ),
    ...((counts.all ?? 0) < fewOutcomes
      ? [
          terminal.paint.dim(
            `Under ${fewOutcomes} outcomes a policy knows little; where it does, routes ask whom their rules or "otherwise" name.`,
          ),
        ]
      : []),
  ].join('\n');
};
