/** How far predicted chances are from what came true. */
export interface Calibration {
  readonly rows: number;
  /** Mean distance of prediction and outcome over bins of equal mass. */
  readonly ece: number;
  /** What a perfectly calibrated predictor would score on so many rows: below it nobody can be told from perfect. */
  readonly floor: number;
  /** Mean squared error. */
  readonly brier: number;
}

export const calibrationBins = 10;

export interface CalibrationParts {
  readonly random: () => number;
  readonly simulations?: number;
  readonly bins?: number;
}

/** Throws RangeError on lists of different lengths or none. */
export const calibrationOf = (
  predicted: Float64Array,
  outcomes: Float64Array,
  { random, simulations = 200, bins = calibrationBins }: CalibrationParts,
): Calibration => {
  const binned = binsOf(predicted, outcomes, bins);
  const draw = outcomes.every((score) => score === 0 || score === 1)
    ? tossed(binned, random)
    : gradedDraw(binned, random);
  const simulated = new Float64Array(predicted.length);
  let floor = 0;
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    draw(simulated);
    floor += errorOf(binned, simulated) / simulations;
  }
  let squares = 0;
  for (let row = 0; row < predicted.length; row += 1)
    squares += ((predicted[row] ?? 0) - (outcomes[row] ?? 0)) ** 2;
  return {
    rows: predicted.length,
    ece: errorOf(binned, binned.came),
    floor,
    brier: squares / predicted.length,
  };
};

/** The same ECE on rows that count more or less often, its bins kept: what a bootstrap draws from. */
export const binnedError = (
  predicted: Float64Array,
  outcomes: Float64Array,
  bins = calibrationBins,
): ((weights: Float64Array) => number) => {
  const { order, sorted, came, bounds } = binsOf(predicted, outcomes, bins);
  return (weights) => {
    let count = 0;
    let error = 0;
    for (const { start, end } of bounds) {
      let difference = 0;
      for (let at = start; at < end; at += 1) {
        const weight = weights[order[at] ?? 0] ?? 0;
        count += weight;
        difference += weight * ((sorted[at] ?? 0) - (came[at] ?? 0));
      }
      error += Math.abs(difference);
    }
    return error / count;
  };
};

interface Binned {
  /** Rows in ascending order of their prediction; `sorted` and `came` follow it. */
  readonly order: Int32Array;
  readonly sorted: Float64Array;
  readonly came: Float64Array;
  readonly bounds: readonly { readonly start: number; readonly end: number }[];
}

/** Rows with the same prediction are never told apart: a bin ends behind the last of them. */
const binsOf = (predicted: Float64Array, outcomes: Float64Array, bins: number): Binned => {
  const count = predicted.length;
  if (count !== outcomes.length || count === 0)
    throw new RangeError(`${count} predictions for ${outcomes.length} outcomes`);
  const order = Int32Array.from({ length: count }, (_, row) => row).sort(
    (left, right) => (predicted[left] ?? 0) - (predicted[right] ?? 0) || left - right,
  );
  const sorted = Float64Array.from(order, (row) => predicted[row] ?? 0);
  const bounds: { start: number; end: number }[] = [];
  let start = 0;
  for (let bin = 1; bin <= bins; bin += 1) {
    let end = Math.floor((bin * count) / bins);
    if (end <= start) continue;
    while (end < count && sorted[end] === sorted[end - 1]) end += 1;
    bounds.push({ start, end });
    start = end;
  }
  return { order, sorted, came: Float64Array.from(order, (row) => outcomes[row] ?? 0), bounds };
};

const errorOf = ({ sorted, bounds }: Binned, came: Float64Array): number => {
  let error = 0;
  for (const { start, end } of bounds) {
    let difference = 0;
    for (let at = start; at < end; at += 1) difference += (sorted[at] ?? 0) - (came[at] ?? 0);
    error += Math.abs(difference) / sorted.length;
  }
  return error;
};

const tossed =
  ({ sorted }: Binned, random: () => number) =>
  (into: Float64Array): void => {
    for (let at = 0; at < into.length; at += 1) into[at] = random() < (sorted[at] ?? 0) ? 1 : 0;
  };

/** Grades vary less than a coin does, so a coin's floor would flatter: errors are drawn from the bin's own, centred. */
const gradedDraw = ({ sorted, came, bounds }: Binned, random: () => number) => {
  const errors = new Float64Array(sorted.length);
  for (const { start, end } of bounds) {
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += (came[at] ?? 0) - (sorted[at] ?? 0);
    for (let at = start; at < end; at += 1)
      errors[at] = (came[at] ?? 0) - (sorted[at] ?? 0) - sum / (end - start);
  }
  return (into: Float64Array): void => {
    for (const { start, end } of bounds)
      for (let at = start; at < end; at += 1)
        into[at] = (sorted[at] ?? 0) + (errors[start + Math.floor(random() * (end - start))] ?? 0);
  };
};
