import { counted, dollarsOfThousand, percent, rangeText, signed } from '../kit/figure-text.ts';
import { textTable, wrappedText } from '../kit/text-table.ts';
import type { Contender, Scorecard } from './scorecard.ts';

/** A scorecard as it is printed in a terminal. Costs are those of a thousand requests. */
export const scorecardText = (card: Scorecard): string =>
  [
    `${counted(card.requests)} requests, routed to`,
    tierTable(card),
    '',
    'beside its controls, on the same requests',
    contenderTable(card),
    '',
    `Saved against always frontier: ${percent(card.saving.value)} (95 %: ${percent(card.saving.low)} to ${percent(card.saving.high)})`,
    verdictOf(card),
    '',
    ...legend(card).flatMap((line) => wrappedText(line)),
  ].join('\n');

const tierTable = ({ tiers, isGraded }: Scorecard): string =>
  table(
    ['tier', 'requests', 'share', isGraded ? 'score' : 'success', '95 %', '$ / 1,000', 'p50', 'p95'],
    tiers.map(({ tier, requests, share, success, costUsd, p50LatencyMs, p95LatencyMs }) => [
      tier,
      counted(requests),
      percent(share),
      percent(success.value),
      rangeText(success, percent),
      dollarsOfThousand(costUsd),
      milliseconds(p50LatencyMs),
      milliseconds(p95LatencyMs),
    ]),
  );

const contenderTable = ({ routed, controls, isGraded }: Scorecard): string =>
  table(
    ['', '$ / 1,000', '95 %', isGraded ? 'score' : 'success', '95 %', ''],
    [routed, ...controls].map((contender: Contender) => [
      contender === routed ? '> routed' : `  ${contender.name}`,
      dollarsOfThousand(contender.costUsd.value),
      rangeText(contender.costUsd, dollarsOfThousand),
      percent(contender.success.value),
      rangeText(contender.success, percent),
      contender.detail,
    ]),
    [5],
  );

const verdictOf = ({ overMix, verdict, isGraded }: Scorecard): string => {
  const what = isGraded ? 'score' : 'success';
  const figures = `${signed(100 * overMix.value, 1)} points (95 %: ${signed(100 * overMix.low, 1)} to ${signed(100 * overMix.high, 1)})`;
  return {
    above: `Its ${what} lies above the same-cost random mix: ${figures}.`,
    indistinguishable: `Its ${what} is not distinguishable from the same-cost random mix: ${figures}.`,
    below: `Its ${what} lies below the same-cost random mix: ${figures}. A coin would have done better.`,
  }[verdict];
};

const legend = ({ isGraded, notes }: Scorecard): readonly string[] => [
  'random, same cost: the best that a coin can do for the money, two of the constants mixed blindly. by length: the same two, the longer prompts to the dearer one. oracle: needs to know every answer beforehand.',
  isGraded
    ? 'Intervals by paired bootstrap.'
    : 'Intervals: of success by Wilson, of costs, savings and the mix by paired bootstrap.',
  ...notes.map((note) => `Note: ${note}.`),
];

const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  leftAligned: readonly number[] = [],
): string =>
  textTable(
    head.map((title, at) => ({ title, align: at === 0 || leftAligned.includes(at) ? 'left' : 'right' })),
    rows,
  );

const milliseconds = (value: number | null): string =>
  value === null ? '–' : `${counted(Math.round(value))} ms`;
