import type { CatalogueFile, CatalogueRecord, PriceRecord } from '../src/catalog/data.ts';

export interface Difference {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** "gpt-5.4: 2.5/15 read 0.25 → 2/12 read 0.2" */
  readonly repriced: readonly string[];
  /** Names of the fields that changed beside the prices. */
  readonly changed: readonly string[];
}

/** What a refresh would change, in lines for a person to read. */
export const differenceOf = (
  before: readonly CatalogueRecord[],
  after: readonly CatalogueRecord[],
): Difference => {
  const old = new Map(before.map((record) => [record.id, record]));
  const kept = new Set(after.map(({ id }) => id));
  const pairs = after.flatMap((record) => {
    const known = old.get(record.id);
    return known ? [[known, record] as const] : [];
  });
  return {
    added: after.filter(({ id }) => !old.has(id)).map((record) => `${record.id}: ${priceText(record)}`),
    gone: before.filter(({ id }) => !kept.has(id)).map(({ id }) => id),
    repriced: pairs
      .filter(([known, record]) => !isSame(known.prices, record.prices))
      .map(([known, record]) => `${record.id}: ${priceText(known)} → ${priceText(record)}`),
    changed: pairs.flatMap(([known, record]) => {
      const fields = changedFields(known, record);
      return fields.length > 0 ? [`${record.id}: ${fields.join(', ')}`] : [];
    }),
  };
};

const changedFields = (known: CatalogueRecord, record: CatalogueRecord): readonly string[] =>
  [...new Set([...Object.keys(known), ...Object.keys(record)])].filter(
    (key) =>
      key !== 'prices' && !isSame(known[key as keyof CatalogueRecord], record[key as keyof CatalogueRecord]),
  );

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const priceText = ({ prices }: CatalogueRecord): string => prices.map(bandText).join(', ');

const bandText = ({ above, input, output, reasonedOutput, cacheRead, cacheWrite }: PriceRecord): string =>
  [
    `${input}/${output}`,
    ...(reasonedOutput === undefined ? [] : [`reasoned ${reasonedOutput}`]),
    ...(cacheRead === undefined ? [] : [`read ${cacheRead}`]),
    ...(cacheWrite === undefined ? [] : [`write ${cacheWrite}`]),
    ...(above === 0 ? [] : [`above ${above}`]),
  ].join(' ');

/** A data file: one model a line, so that a difference is read at a glance. */
export const fileText = ({ date, source, models }: CatalogueFile): string =>
  `{\n  "date": ${JSON.stringify(date)},\n  "source": ${JSON.stringify(source)},\n  "models": [\n${models
    .map((record) => `    ${JSON.stringify(record)}`)
    .join(',\n')}\n  ]\n}\n`;
