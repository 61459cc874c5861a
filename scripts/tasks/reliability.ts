import { mean } from '../../src/kit/statistics.ts';
import { calibrationBins, calibrationOf } from '../../src/learning/metrics-calibration.ts';
import { createRandom } from '../../src/simulator/chance.ts';

/** A chance that was told, and whether it came true. */
export interface Told {
  readonly chance: number;
  readonly isRight: boolean;
}

export interface Reliability {
  /** Mean distance between chance and truth, over bins of equal size. */
  readonly error: number;
  /** What chances that are exactly right would show at this number of examples. */
  readonly floor: number;
  readonly bins: readonly { readonly chance: number; readonly share: number; readonly of: number }[];
}

export const reliabilityOf = (told: readonly Told[]): Reliability => {
  const { ece, floor } = calibrationOf(
    Float64Array.from(told, ({ chance }) => chance),
    Float64Array.from(told, ({ isRight }) => Number(isRight)),
    { random: createRandom('reliability').next },
  );
  const sorted = told.toSorted((one, other) => one.chance - other.chance);
  const edge = (bin: number): number => Math.round((sorted.length * bin) / calibrationBins);
  const bins = Array.from({ length: calibrationBins }, (_, bin) => sorted.slice(edge(bin), edge(bin + 1)));
  return {
    error: ece,
    floor,
    bins: bins
      .filter((bin) => bin.length > 0)
      .map((bin) => ({
        chance: mean(bin.map(({ chance }) => chance)),
        share: mean(bin.map(({ isRight }) => Number(isRight))),
        of: bin.length,
      })),
  };
};
