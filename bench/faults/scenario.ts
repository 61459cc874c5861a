import type { Stage } from './stage.ts';

/** Something that goes wrong, and what may come of it at the worst. */
export interface Scenario {
  /** As in the list of faults: "A9". */
  readonly id: string;
  readonly title: string;
  /** Cheap enough for every run of the tests, with small counts. */
  readonly isQuick: boolean;
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** One figure and its pass mark: at most, at least or exactly so much. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly most?: number;
  readonly least?: number;
  /** A time or a share of the processor: on a busy machine the quick form gives it more room. */
  readonly isMeasured?: boolean;
}

export const defineScenario = (scenario: Scenario): Scenario => scenario;

/** A count of things that must not happen. */
export const none = (what: string, value: number): Figure => ({ what, value, unit: '', most: 0 });

/** A count that has to be exactly so. */
export const exactly = (what: string, value: number, wanted: number): Figure => ({
  what,
  value,
  unit: '',
  most: wanted,
  least: wanted,
});

/** Milliseconds, at most so many. */
export const within = (what: string, valueMs: number, mostMs: number): Figure => ({
  what,
  value: valueMs,
  unit: 'ms',
  most: mostMs,
  isMeasured: true,
});

export const isPassed = ({ value, most = Infinity, least = -Infinity }: Figure): boolean =>
  value <= most && value >= least;

/** The worse of two values of the same figure. */
export const worse = (one: Figure, other: Figure): Figure => {
  if (isPassed(one) !== isPassed(other)) return isPassed(one) ? other : one;
  const isWorse = one.most === undefined ? other.value < one.value : other.value > one.value;
  return isWorse ? other : one;
};
