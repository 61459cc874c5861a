/**
 * The curve of a router between a weak and a strong model: quality by share of strong calls. After
 * RouteLLM: thresholds at the edges of ten equal-size quantile bins of the router's score, and whatever
 * scores at least the threshold goes to the strong model. Between two thresholds a coin decides, so the
 * curve is read linearly; it begins at no strong calls at all.
 */
export interface CurvePoint {
  readonly share: number;
  readonly quality: number;
}

/** Rows by a router's score, highest first; worked out once, however often rows are drawn. */
export interface Order {
  readonly rows: Int32Array;
  /** By place: the place behind the last row of the same score. */
  readonly tieEnds: Int32Array;
}

export const curveBins = 10;

/** Higher scores want the strong model more. Throws RangeError on a score that is no number. */
export const orderOf = (scores: ArrayLike<number>): Order => {
  const rows = Int32Array.from({ length: scores.length }, (_, row) => row);
  if (rows.some((row) => Number.isNaN(scores[row])))
    throw new RangeError('a row was given a score that is no number');
  rows.sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right);
  const tieEnds = new Int32Array(rows.length);
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const isTied = at + 1 < rows.length && scores[rows[at] ?? 0] === scores[rows[at + 1] ?? 0];
    tieEnds[at] = isTied ? (tieEnds[at + 1] ?? 0) : at + 1;
  }
  return { rows, tieEnds };
};

/** `weights` tells how often each row counts: whole numbers, as a bootstrap draws them. */
export const routeCurve = (
  { rows, tieEnds }: Order,
  weak: Float64Array,
  strong: Float64Array,
  weights: Float64Array,
): readonly CurvePoint[] => {
  let count = 0;
  let weakSum = 0;
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row] ?? 0;
    count += weight;
    weakSum += weight * (weak[row] ?? 0);
  }
  const points: CurvePoint[] = [{ share: 0, quality: weakSum / count }];
  let sent = 0;
  let gained = 0;
  let place = 0;
  for (let edge = 0; edge <= curveBins; edge += 1) {
    // numpy's linear quantile lies at or above the lower of two neighbours: from the upper one on all go up
    const upTo = Math.floor(((count - 1) * edge) / curveBins) + 1;
    while (place < rows.length && sent < upTo) {
      const end = tieEnds[place] ?? rows.length;
      for (; place < end; place += 1) {
        const row = rows[place] ?? 0;
        const weight = weights[row] ?? 0;
        sent += weight;
        gained += weight * ((strong[row] ?? 0) - (weak[row] ?? 0));
      }
    }
    const last = points.at(-1);
    if (last?.share !== sent / count)
      points.push({ share: sent / count, quality: (weakSum + gained) / count });
  }
  return points;
};

/** Mean quality over all shares of strong calls. */
export const areaUnder = (points: readonly CurvePoint[]): number => {
  let area = 0;
  for (let at = 1; at < points.length; at += 1) {
    const from = points[at - 1] as CurvePoint;
    const to = points[at] as CurvePoint;
    area += ((to.share - from.share) * (from.quality + to.quality)) / 2;
  }
  return area;
};

/** The share of the gap between weak and strong that is closed on average; .5 for a coin. NaN without a gap. */
export const averageGapRecovered = (points: readonly CurvePoint[]): number => {
  const { weak, gap } = endsOf(points);
  return gap === 0 ? Number.NaN : (areaUnder(points) - weak) / gap;
};

/** The smallest share of strong calls that closes so much of the gap. NaN where strong is no better than weak. */
export const callShareFor = (points: readonly CurvePoint[], recovered: number): number => {
  const { weak, gap } = endsOf(points);
  if (!(gap > 0)) return Number.NaN;
  return shareForQuality(points, weak + recovered * gap);
};

/** The smallest share of strong calls at which the curve reaches a quality; NaN where it never does. */
export const shareForQuality = (points: readonly CurvePoint[], quality: number): number => {
  // sums in another order may end a rounding below what they must equal
  const wanted = quality - 1e-12;
  if ((points[0]?.quality ?? 0) >= wanted) return 0;
  for (let at = 1; at < points.length; at += 1) {
    const from = points[at - 1] as CurvePoint;
    const to = points[at] as CurvePoint;
    if (to.quality < wanted) continue;
    const within = Math.min(1, (quality - from.quality) / (to.quality - from.quality));
    return from.share + within * (to.share - from.share);
  }
  return Number.NaN;
};

const endsOf = (points: readonly CurvePoint[]): { readonly weak: number; readonly gap: number } => {
  const weak = points[0]?.quality ?? Number.NaN;
  return { weak, gap: (points.at(-1)?.quality ?? Number.NaN) - weak };
};
