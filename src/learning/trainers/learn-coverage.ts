import { mean } from '../../kit/statistics.ts';
import { identitiesOf, surestOf } from '../../routing/classifier/identities.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { createPredictor } from '../../routing/classifier/predictor.ts';
import { recordedModel } from '../evaluate-models.ts';
import type { TrainingRow } from '../trainer.ts';
import type { Column } from './columns.ts';
import { tellingTags } from './kinds-of-rows.ts';

/** Rows that are asked about; more would say the same. */
const mostRows = 2_000;
const parts = 3;
const fewestOfPart = 20;
const z95 = 1.959963984540054;

/**
 * How often the bounds of a policy hold what came of rows held out: of each kind of request the third it finds
 * hardest, the middle one and the easiest, for each model. 0.95 is what bounds promise. What the luck of so
 * few rows explains is allowed for. Empty where no kind has enough rows.
 */
export const coverageOf = (
  file: PolicyFile,
  rows: readonly TrainingRow[],
  columns: readonly Column[],
  chances: readonly Float64Array[],
): Readonly<Record<string, number>> => {
  const predictor = createPredictor(file);
  const telling = tellingTags(rows);
  const kinds = rows.map(({ subject }) => surestOf(identitiesOf(subject), telling));
  const best = columns.reduce((high, column) => (column.base > high.base ? column : high));
  const reference = recordedModel(best.name, best.tier);
  const ofBest = told(best, chances[columns.indexOf(best)] as Float64Array);
  const holds = { success: [] as number[], gap: [] as number[] };
  const step = Math.max(1, Math.ceil(rows.length / mostRows));
  for (const [at, column] of columns.entries()) {
    const model = recordedModel(column.name, column.tier);
    const mine = told(column, chances[at] as Float64Array);
    const success: Told[] = [];
    const gaps: Told[] = [];
    for (let row = 0; row < rows.length; row += step) {
      const own = mine.get(row);
      const { subject } = rows[row] ?? {};
      if (!own || !subject) continue;
      const [prediction] = predictor.predict(subject, [model], reference);
      if (!prediction) continue;
      const kind = kinds[row] ?? '';
      success.push({ kind, ...own, half: halfOf(prediction.success) });
      const other = ofBest.get(row);
      if (column === best || !other) continue;
      gaps.push({
        kind,
        chance: own.chance - other.chance,
        outcome: own.outcome - other.outcome,
        half: halfOf(prediction.gap),
      });
    }
    holds.success.push(...heldIn(success));
    holds.gap.push(...heldIn(gaps));
  }
  return Object.fromEntries(
    Object.entries(holds)
      .filter(([, all]) => all.length > 0)
      .map(([of, all]) => [`coverage.${of}`, Math.round(mean(all) * 1e4) / 1e4]),
  );
};

interface Told {
  readonly kind: string;
  readonly chance: number;
  readonly outcome: number;
  readonly half: number;
}

const halfOf = ({ low, high }: { readonly low: number; readonly high: number }): number => (high - low) / 2;

const told = (
  { rows, scores }: Column,
  chances: Float64Array,
): ReadonlyMap<number, { readonly chance: number; readonly outcome: number }> =>
  new Map(
    Array.from(rows, (row, place) => [row, { chance: chances[place] ?? 0, outcome: scores[place] ?? 0 }]),
  );

/** 1 for each part of a kind whose mean outcome is inside the bounds, else 0. */
const heldIn = (all: readonly Told[]): readonly number[] =>
  [...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((some) => {
    const sorted = some.toSorted((left, right) => left.chance - right.chance);
    return Array.from({ length: parts }, (_, part) =>
      sorted.slice(
        Math.floor((part * sorted.length) / parts),
        Math.floor(((part + 1) * sorted.length) / parts),
      ),
    )
      .filter(({ length }) => length >= fewestOfPart)
      .map((members) => {
        const errors = members.map(({ outcome, chance }) => outcome - chance);
        const off = mean(errors);
        const luck = mean(errors.map((error) => (error - off) ** 2)) / (errors.length - 1);
        const half = mean(members.map((member) => member.half));
        return Math.abs(off) <= Math.sqrt(half ** 2 + z95 ** 2 * luck) ? 1 : 0;
      });
  });
