import {
  counted,
  dollarsOfThousand,
  percent,
  rangeText,
  signed,
  three,
  verdictOf,
} from '../kit/figure-text.ts';
import type { Estimate } from '../kit/statistics.ts';
import { type TextColumn, textTable, wrappedText } from '../kit/text-table.ts';
import type { Evaluation, PolicyFigures, PolicyLine } from './evaluate.ts';

/** An evaluation as it is printed in a terminal: the policy and its controls, then calibration, then what was left out. */
export const evaluationText = (evaluation: Evaluation): string => {
  const { policy, rows, groups, policies, gains, calibration } = evaluation;
  const grouped = groups === rows ? '' : ` in ${counted(groups)} groups`;
  return [
    `${policy} on ${counted(rows)} requests${grouped}, between ${evaluation.weak} (weak) and ${evaluation.strong} (strong, the best constant, chosen on ${evaluation.chosenOn})`,
    '',
    policyTable(policies, answerColumns(evaluation.costUnit)),
    '',
    policyTable(policies, knobColumns),
    '',
    ...gainLines(gains),
    '',
    'Chances and what came true',
    textTable(
      calibrationColumns,
      calibration.map(({ of, outcomes, ece, floor, brier }) => [
        of,
        counted(outcomes),
        three(ece.value),
        rangeText(ece, three),
        three(floor),
        three(brier.value),
        rangeText(brier, three),
      ]),
    ),
    '',
    ...notesOf(evaluation).flatMap((note) => wrappedText(note)),
  ].join('\n');
};

const policyTable = (policies: readonly PolicyLine[], columns: readonly FigureColumn[]): string =>
  textTable(
    [
      { title: '' },
      ...columns.flatMap(({ title }) => [
        { title, align: 'right' } satisfies TextColumn,
        { title: '95 %', align: 'right' } satisfies TextColumn,
      ]),
    ],
    policies
      .filter((line) => columns.some(({ figure }) => line[figure]))
      .map((line) => [
        line.role === 'policy' ? `> ${line.name}` : `  ${line.name}`,
        ...columns.flatMap(({ figure, write }) => {
          const estimate = line[figure];
          return estimate ? [write(estimate.value), rangeText(estimate, write)] : ['–', ''];
        }),
      ]),
  );

const calibrationColumns: readonly TextColumn[] = [
  { title: '' },
  { title: 'outcomes', align: 'right' },
  { title: 'ECE', align: 'right' },
  { title: '95 %', align: 'right' },
  { title: 'floor', align: 'right' },
  { title: 'Brier', align: 'right' },
  { title: '95 %', align: 'right' },
];

interface FigureColumn {
  readonly figure: keyof PolicyFigures;
  readonly title: string;
  readonly write: (value: number) => string;
}

/** What comes of it where its knob stands, and how well it orders requests between weak and strong. */
const answerColumns = (costUnit: Evaluation['costUnit']): readonly FigureColumn[] => [
  { figure: 'quality', title: 'quality', write: percent },
  costUnit === 'usd'
    ? { figure: 'cost', title: '$ / 1,000', write: dollarsOfThousand }
    : { figure: 'cost', title: 'cost', write: three },
  { figure: 'apgr', title: 'APGR', write: three },
  { figure: 'cpt50', title: 'CPT50', write: percent },
  { figure: 'cpt80', title: 'CPT80', write: percent },
];

/** What can be had over all settings of the knob. */
const knobColumns: readonly FigureColumn[] = [
  { figure: 'aiq', title: 'AIQ', write: three },
  { figure: 'saving95', title: 'saved at 95 %', write: percent },
  { figure: 'saving98', title: 'at 98 %', write: percent },
  { figure: 'saving100', title: 'at 100 %', write: percent },
];

const gainLines = ({
  apgrOverLength,
  aiqOverConstants,
  qualityOverMix,
}: Evaluation['gains']): readonly string[] =>
  [
    gainLine('APGR over prompt length', apgrOverLength, signed),
    gainLine('AIQ over mixed constants', aiqOverConstants, signed),
    gainLine('Quality over the random mix of the same cost', qualityOverMix, signed),
  ].filter((line) => line !== '');

const gainLine = (what: string, gain: Estimate | undefined, write: (value: number) => string): string => {
  if (!gain) return '';
  return `${what}: ${write(gain.value)} (95 %: ${write(gain.low)} to ${write(gain.high)}): ${verdictOf(gain)}.`;
};

const notesOf = ({ costUnit, left, calibration, policies, chosenOn }: Evaluation): readonly string[] => [
  ...policies.map(({ name, detail }) => `${name}: ${detail}.`),
  "APGR, CPT50 and CPT80 after RouteLLM, AIQ after RouterBench. Saved: the least cost of a mix of settings that keeps so much of the strong model's quality, its own mix with the strong model included. Intervals by paired bootstrap over groups.",
  'The floor is the ECE of a perfectly calibrated predictor on so many outcomes.',
  ...(costUnit === 'relative'
    ? ['Nobody recorded costs: they are told in calls of the frontier tier, light at 0.05 and mid at 0.2.']
    : []),
  ...(chosenOn === 'the same rows'
    ? [
        'No training rows know these models: the constants are the best of these very rows, which no policy could know.',
      ]
    : []),
  ...(left.rows > 0 || left.models.length > 0
    ? [
        `Left out for gaps: ${counted(left.rows)} rows${left.models.length > 0 ? ` and ${left.models.length} models (${left.models.slice(0, 5).join(', ')}${left.models.length > 5 ? ' …' : ''})` : ''}; calibration counts them.`,
      ]
    : []),
  ...(calibration.some(({ outcomes }) => outcomes < 200)
    ? ['Under 200 outcomes calibration says little: look at the floor.']
    : []),
];
