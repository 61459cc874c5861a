import type { CatalogueModel, ProviderSpread } from '../catalog/index.ts';
import { type PriceBand, type Tier, tiers } from '../core/model.ts';
import { priceText, tokensText } from './figures.ts';
import type { Paint } from './paint.ts';
import { type Cell, tableText } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ListedModel extends CatalogueModel {
  /** USD per million tokens. */
  readonly blendedUsd: number;
  /** Position in its tier's list, from 0; null where it is not in use. */
  readonly place: number | null;
}

/** Models under the names of their tiers. */
export const modelsText = (
  models: readonly ListedModel[],
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { paint } = terminal;
  const rows = tiers.flatMap((tier) => {
    const inTier = models.filter((model) => model.tier === tier);
    return inTier.length === 0
      ? []
      : [[{ text: tier, paint: tierPaint(tier, paint) }], ...inTier.map((model) => rowOf(model, paint))];
  });
  const inUse = models.filter(({ place }) => place !== null).length;
  const dates = [...new Set(models.map(({ prices }) => prices.version))].sort();
  const notes = [
    `${models.length} models, ${inUse} in use (•). USD per million tokens, prices of ${dates.join(', ')}; + dearer for long prompts.`,
    'Takes: t tools, i images, p PDF, a audio, v video, s answers by schema, r reasons.',
  ];
  return [tableText(columns, rows, terminal), '', ...notes.map(paint.dim)].join('\n');
};

const columns = [
  { title: 'MODEL', shrinks: true },
  { title: '' },
  { title: 'INPUT', align: 'right' },
  { title: 'CACHED', align: 'right' },
  { title: 'OUTPUT', align: 'right' },
  { title: 'BLEND', align: 'right' },
  { title: 'CONTEXT', align: 'right' },
  { title: 'TAKES' },
] as const;

const rowOf = (
  { id, place, prices, capabilities, contextTokens, isDeprecated, blendedUsd }: ListedModel,
  paint: Paint,
): readonly Cell[] => {
  const [first, ...dearer] = prices.bands;
  const usd = (price: keyof Omit<PriceBand, 'abovePromptTokens'>): string =>
    `${priceText(Number(first?.[price] ?? 0n) / 1e6)}${dearer.length > 0 ? '+' : ' '}`;
  const name = `  ${id}${isDeprecated ? ' (deprecated)' : ''}`;
  return [
    isDeprecated
      ? { text: name, paint: paint.dim }
      : place !== null
        ? { text: name, paint: paint.bold }
        : name,
    place !== null ? { text: '•', paint: paint.green } : '',
    usd('input'),
    usd('cacheRead'),
    usd('output'),
    { text: priceText(blendedUsd), paint: paint.bold },
    tokensText(contextTokens),
    { text: takesText(capabilities), paint: paint.dim },
  ];
};

/** One letter a thing, each at its place, so that gaps show. */
const takesText = ({ input, tools, structuredOutput, reasoning }: CatalogueModel['capabilities']): string =>
  [
    tools && 't',
    input.includes('image') && 'i',
    input.includes('pdf') && 'p',
    input.includes('audio') && 'a',
    input.includes('video') && 'v',
    structuredOutput === 'schema' && 's',
    reasoning.type !== 'none' && 'r',
  ]
    .map((letter) => letter || '·')
    .join('');

/** How far tiers lie apart at each provider. */
export const spreadText = (
  {
    providers,
    cheapest,
  }: { readonly providers: readonly ProviderSpread[]; readonly cheapest: ProviderSpread['cheapest'] },
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { paint } = terminal;
  const titles = [
    { title: 'PROVIDER' },
    { title: 'FACTOR', align: 'right' as const },
    ...tiers.map((tier) => ({ title: tier.toUpperCase(), shrinks: true })),
  ];
  const rows = providers.flatMap(({ provider, factor, cheapest: own }): Cell[][] => [
    [
      { text: provider, paint: paint.bold },
      factor === null
        ? '–'
        : { text: `${factor >= 10 ? Math.round(factor) : factor.toFixed(1)}×`, paint: paint.cyan },
      ...tiers.map((tier) => (own[tier] ? priceText(own[tier].blendedUsd) : '–')),
    ],
    ['', '', ...tiers.map((tier): Cell => ({ text: withoutProvider(own[tier]?.model), paint: paint.dim }))],
  ]);
  const best = tiers.flatMap((tier) => {
    const found = cheapest[tier];
    return found
      ? [`Cheapest ${tier.padEnd(9)} ${priceText(found.blendedUsd).padStart(7)}  ${paint.bold(found.model)}`]
      : [];
  });
  const note =
    'Cheapest current model of each tier that takes tools, USD per million tokens, 3 parts input to 1 part output.';
  return [
    tableText(titles, rows, terminal),
    '',
    ...best,
    '',
    paint.dim(note),
    paint.dim(
      'FACTOR: the dearest of the three over the cheapest; a wide one is a reason to route inside one provider.',
    ),
  ].join('\n');
};

const withoutProvider = (model: string | undefined): string => model?.slice(model.indexOf('/') + 1) ?? '';

export const tierPaint = (tier: Tier | string | null, paint: Paint): ((text: string) => string) =>
  tier === 'light'
    ? paint.green
    : tier === 'mid'
      ? paint.yellow
      : tier === 'frontier'
        ? paint.red
        : paint.dim;
