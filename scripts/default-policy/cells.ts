import type { Tier } from '../../src/core/model.ts';
import { mean } from '../../src/kit/statistics.ts';
import { type SourceRow, tierOfRecorded } from './sources.ts';

/** How one model did on one kind of request, in all and beside the best model of its source. */
export interface Cell {
  readonly source: string;
  readonly kind: string;
  readonly model: string;
  readonly tier: Tier;
  readonly success: number;
  /** On requests that both answered; undefined of the best model itself. */
  readonly gap: number | undefined;
  readonly bestTier: Tier;
}

/** A kind of fewer requests says nothing by itself. */
const fewest = 10;

export const cellsOf = (rows: readonly SourceRow[]): readonly Cell[] =>
  [...Map.groupBy(rows, ({ source }) => source)].flatMap(([source, ofSource]) => {
    const models = [...new Set(ofSource.flatMap(({ outcomes }) => Object.keys(outcomes)))].sort();
    const best = bestOf(ofSource, models);
    const bestTier = tierOfRecorded(best) ?? 'frontier';
    return [...Map.groupBy(ofSource, ({ kind }) => kind)].flatMap(([kind, ofKind]) =>
      models.flatMap((model): readonly Cell[] => {
        const tier = tierOfRecorded(model);
        const known = ofKind.filter(({ outcomes }) => outcomes[model]);
        if (tier === undefined || known.length < fewest) return [];
        const both = known.filter(({ outcomes }) => outcomes[best]);
        const hasGap = model !== best && both.length >= fewest;
        return [
          {
            ...{ source, kind, model, tier, bestTier },
            success: mean(known.map((row) => scoreOf(row, model))),
            gap: hasGap ? mean(both.map((row) => scoreOf(row, model) - scoreOf(row, best))) : undefined,
          },
        ];
      }),
    );
  });

/** Of those that answered most requests. */
const bestOf = (rows: readonly SourceRow[], models: readonly string[]): string => {
  const known = models.map((model) => ({
    model,
    scores: rows.flatMap(({ outcomes }) => outcomes[model]?.score ?? []),
  }));
  const most = Math.max(...known.map(({ scores }) => scores.length));
  const [first] = known
    .filter(({ scores }) => scores.length > 0.8 * most)
    .toSorted((a, b) => mean(b.scores) - mean(a.scores) || (a.model < b.model ? -1 : 1));
  return first?.model ?? '';
};

const scoreOf = ({ outcomes }: SourceRow, model: string): number => outcomes[model]?.score ?? 0;

/** The mean over kinds of the mean over models: a kind counts once, however many requests or models it has. */
export const overKinds = (cells: readonly Cell[], read: (cell: Cell) => number): number =>
  mean([...Map.groupBy(cells, ({ kind }) => kind).values()].map((ofKind) => mean(ofKind.map(read))));
