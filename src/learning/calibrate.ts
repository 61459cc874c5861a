import type { CalibrationCurve } from '../routing/classifier/heads.ts';

/** What was scored, and what came of it. */
export interface Scored {
  readonly scores: ArrayLike<number>;
  readonly outcomes: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** A chance that is near its score: what is believed before any outcome was seen. */
export const straightCurve: CalibrationCurve = { offset: -2, slope: 4 };

const mostSteps = 50;
const leastShare = 2 ** -20;

/**
 * Platt's curve from scores to chances, by Newton's method; a step that makes things worse is halved, for far
 * from where outcomes lie Newton's are too long. It is held to `toward` as if by so many
 * outcomes, so that a few rows do not bend it; its slope never turns round.
 */
export const fitCurve = (
  { scores, outcomes, weights }: Scored,
  toward: CalibrationCurve = straightCurve,
  holdsLike = 10,
): CalibrationCurve => {
  let { offset, slope } = toward;
  // scores differ by some tenths, so a unit of slope means a tenth of what a unit of offset does
  const holdOffset = holdsLike * 0.05;
  const holdSlope = holdsLike * 0.005;
  const lossAt = (offsetThere: number, slopeThere: number): number => {
    let sum =
      (holdOffset * (offsetThere - toward.offset) ** 2 + holdSlope * (slopeThere - toward.slope) ** 2) / 2;
    for (let at = 0; at < scores.length; at += 1) {
      const odds = offsetThere + slopeThere * (scores[at] ?? 0);
      const surprise = Math.max(0, odds) + Math.log1p(Math.exp(-Math.abs(odds)));
      sum += (weights[at] ?? 0) * (surprise - (outcomes[at] ?? 0) * odds);
    }
    return sum;
  };
  let loss = lossAt(offset, slope);
  for (let step = 0; step < mostSteps; step += 1) {
    let byOffset = holdOffset * (offset - toward.offset);
    let bySlope = holdSlope * (slope - toward.slope);
    let curveOffset = holdOffset;
    let curveSlope = holdSlope;
    let curveBoth = 0;
    for (let at = 0; at < scores.length; at += 1) {
      const score = scores[at] ?? 0;
      const weight = weights[at] ?? 0;
      const chance = 1 / (1 + Math.exp(-(offset + slope * score)));
      const error = weight * (chance - (outcomes[at] ?? 0));
      const steepness = weight * Math.max(1e-6, chance * (1 - chance));
      byOffset += error;
      bySlope += error * score;
      curveOffset += steepness;
      curveSlope += steepness * score * score;
      curveBoth += steepness * score;
    }
    const determinant = curveOffset * curveSlope - curveBoth * curveBoth;
    if (!(determinant > 1e-12)) break;
    const moveOffset = (curveSlope * byOffset - curveBoth * bySlope) / determinant;
    const moveSlope = (curveOffset * bySlope - curveBoth * byOffset) / determinant;
    let share = 1;
    let next = lossAt(offset - moveOffset, slope - moveSlope);
    while (!(next <= loss) && share > leastShare) {
      share /= 2;
      next = lossAt(offset - share * moveOffset, slope - share * moveSlope);
    }
    if (!(next <= loss)) break;
    offset -= share * moveOffset;
    slope -= share * moveSlope;
    loss = next;
    if (Math.abs(moveOffset) + Math.abs(moveSlope) < 1e-9) break;
  }
  return slope >= 0 && Number.isFinite(offset) ? { offset, slope } : flat(outcomes, weights);
};

/** Scores that say nothing: the chance is the mean. */
const flat = (outcomes: ArrayLike<number>, weights: ArrayLike<number>): CalibrationCurve => {
  let came = 0.5;
  let count = 1;
  for (let at = 0; at < outcomes.length; at += 1) {
    came += (weights[at] ?? 0) * (outcomes[at] ?? 0);
    count += weights[at] ?? 0;
  }
  return { offset: Math.log(came / (count - came)), slope: 0 };
};
