/** Rows of few numbers among many columns. */
export interface Design {
  readonly rows: number;
  readonly columns: number;
  /** So many columns at the end are names of what rows belong to; none unless told. */
  readonly names?: number;
  /** Row `at` has the places from `starts[at]` to `starts[at + 1]`. */
  readonly starts: Int32Array;
  readonly index: Int32Array;
  readonly values: Float32Array;
}

/** What one head learns from: some rows, with what is to be told of each and how much it counts. */
export interface Lesson {
  readonly rows: Int32Array;
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

/** Solutions of one ridge regression at every penalty at once. */
export interface RidgePath {
  coefficientsAt(penalty: number): Float64Array;
  /** What the coefficients at each penalty say of some rows, without making them. */
  tellAt(rows: Int32Array, penalties: readonly number[]): readonly Float64Array[];
}

/** The penalty is large beside what is left undone after so many steps. */
const mostSteps = 20;

/**
 * Ridge regression by Lanczos steps on the rows' own inner products: the same few steps serve every penalty,
 * for a penalty only shifts the small tridiagonal system at the end.
 */
export const ridgePath = (design: Design, { rows, targets, weights }: Lesson): RidgePath => {
  const count = rows.length;
  const roots = weights.map(Math.sqrt);
  const start = targets.map((target, at) => target * (roots[at] ?? 0));
  const length = norm(start);
  const bases: Float64Array[] = [];
  const images: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let basis = start.map((value) => value / length);
  for (let step = 0; length > 1e-12 && step < Math.min(mostSteps, count); step += 1) {
    const image = transposed(design, rows, basis, roots);
    const next = applied(design, rows, image, roots);
    const along = dot(basis, next);
    bases.push(basis);
    images.push(image);
    diagonal.push(along);
    // bases lose their right angles in floating point, so each step is put right against all before it
    for (const earlier of bases) subtract(next, earlier, dot(next, earlier));
    const rest = norm(next);
    if (rest < 1e-9) break;
    beside.push(rest);
    basis = next.map((value) => value / rest);
  }
  return {
    coefficientsAt(penalty) {
      const coefficients = new Float64Array(design.columns);
      const shares = solveTridiagonal(diagonal, beside, penalty, length);
      for (const [at, image] of images.entries()) subtract(coefficients, image, -(shares[at] ?? 0));
      return coefficients;
    },
    tellAt(rows, penalties) {
      const told = images.map((image) => applied(design, rows, image));
      return penalties.map((penalty) => {
        const sum = new Float64Array(rows.length);
        const shares = solveTridiagonal(diagonal, beside, penalty, length);
        for (const [at, values] of told.entries()) subtract(sum, values, -(shares[at] ?? 0));
        return sum;
      });
    },
  };
};

/** What coefficients say of some rows. */
export const tell = (design: Design, rows: Int32Array, coefficients: Float64Array): Float64Array =>
  applied(design, rows, coefficients);

const transposed = (
  { starts, index, values, columns }: Design,
  rows: Int32Array,
  vector: Float64Array,
  roots: Float64Array,
): Float64Array => {
  const out = new Float64Array(columns);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    const factor = (vector[at] ?? 0) * (roots[at] ?? 0);
    const end = starts[row + 1] ?? 0;
    for (let place = starts[row] ?? 0; place < end; place += 1)
      out[index[place] as number] =
        (out[index[place] as number] as number) + factor * (values[place] as number);
  }
  return out;
};

const applied = (
  { starts, index, values }: Design,
  rows: Int32Array,
  vector: Float64Array,
  roots?: Float64Array,
): Float64Array => {
  const out = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] ?? 0;
    const end = starts[row + 1] ?? 0;
    let sum = 0;
    for (let place = starts[row] ?? 0; place < end; place += 1)
      sum += (vector[index[place] as number] as number) * (values[place] as number);
    out[at] = roots ? sum * (roots[at] ?? 0) : sum;
  }
  return out;
};

/** Of (tridiagonal + penalty) x = (length, 0, 0, …). */
const solveTridiagonal = (
  diagonal: readonly number[],
  beside: readonly number[],
  penalty: number,
  length: number,
): Float64Array => {
  const size = diagonal.length;
  const pivots = new Float64Array(size);
  const right = new Float64Array(size);
  for (let at = 0; at < size; at += 1) {
    const before = at > 0 ? (beside[at - 1] ?? 0) / (pivots[at - 1] ?? 1) : 0;
    pivots[at] = (diagonal[at] ?? 0) + penalty - (at > 0 ? before * (beside[at - 1] ?? 0) : 0);
    right[at] = at === 0 ? length : -before * (right[at - 1] ?? 0);
  }
  const solution = new Float64Array(size);
  for (let at = size - 1; at >= 0; at -= 1)
    solution[at] = ((right[at] ?? 0) - (beside[at] ?? 0) * (solution[at + 1] ?? 0)) / (pivots[at] ?? 1);
  return solution;
};

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
};

const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));

const subtract = (from: Float64Array, vector: Float64Array, times: number): void => {
  for (let at = 0; at < from.length; at += 1) from[at] = (from[at] ?? 0) - times * (vector[at] ?? 0);
};
