import { counted, signed } from '../../src/kit/figure-text.ts';
import type { Estimate } from '../../src/kit/statistics.ts';
import type { PolicyFile } from '../../src/routing/classifier/policy.ts';
import type { Compared } from './compare.ts';
import type { LeftOut } from './leave-one-out.ts';
import type { Priors } from './priors.ts';
import { sources } from './sources.ts';

/** Writes a part of the model card anew; what people wrote around it stays. */
export const withPart = (card: string, name: string, text: string): string => {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = card.indexOf(begin);
  const to = card.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The card has no part "${name}".`);
  return `${card.slice(0, from + begin.length)}\n\n${text}\n\n${card.slice(to)}`;
};

export const figuresPart = (
  policy: PolicyFile,
  priors: Priors,
  leftOut: readonly LeftOut[],
  bytes: number,
): string =>
  [
    `\`default@${policy.hash.slice(0, 8)}\`, ${Math.ceil(bytes / 1000)} kB, SHA-256 \`${policy.hash}\``,
    '',
    '| source | licence | from | requests |',
    '| --- | --- | --- | ---: |',
    ...policy.sources.map(
      ({ name, rows, licence = '' }) => `| ${name} | ${licence} | ${fromOf(name)} | ${counted(rows)} |`,
    ),
    '',
    '| tier | chance of success | spread |',
    '| --- | ---: | ---: |',
    ...Object.entries(priors).map(
      ([tier, { base, spread }]) => `| ${tier} | ${percent(base)} | ${points(spread)} |`,
    ),
    '',
    'Each source left out in turn, told by a policy made of the others in the same way:',
    '',
    '| left out | kinds × models | light: told, came | mid | frontier | chance off by | gaps in 95 % bounds | by the spreads alone | of gaps over 15 points, sent down |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...leftOut.map(leftOutLine),
  ].join('\n');

export const comparisonPart = (compared: readonly Compared[]): string =>
  [
    '| what is looked at | squared error | beside tiers alone (95 %) |',
    '| --- | ---: | ---: |',
    ...compared.map(
      ({ family, error, difference }) =>
        `| ${family} | ${error.toFixed(4)} | ${difference ? withRange(difference) : ''} |`,
    ),
  ].join('\n');

const leftOutLine = (of: LeftOut): string => {
  const told = (tier: string): string => {
    const found = of.tiers.find((one) => one.tier === tier);
    return found ? `${percent(found.predicted)}, ${percent(found.came)}` : '–';
  };
  return `| ${of.source} | ${of.kinds} × ${of.models} | ${told('light')} | ${told('mid')} | ${told('frontier')} | ${points(of.error)} | ${percent(of.coverage)} of ${of.gaps} | ${percent(of.coverageBySpread)} (± ${points(of.halfWidthBySpread)}) | ${of.sentDown} of ${of.hard} |`;
};

const fromOf = (name: string): string => sources.find((source) => source.name === name)?.from ?? '';

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const points = (share: number): string => (100 * share).toFixed(0);
const signedFine = (value: number): string => signed(value, 4);
const withRange = ({ value, low, high }: Estimate): string =>
  `${signedFine(value)} (${signedFine(low)} to ${signedFine(high)})`;
