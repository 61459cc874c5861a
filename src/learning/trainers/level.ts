import { type Design, type Lesson, ridgePath } from './ridge.ts';

/** Heads that are learnt with one penalty. */
export interface Level {
  /** By head, in the order of its lesson's rows: what was predicted by folds that had not seen the row. */
  readonly heldOut: readonly Float64Array[];
  readonly coefficients: readonly (Float64Array | undefined)[];
  /** Infinity: nothing was learnt that helps on rows held out. */
  readonly penalty: number;
}

const penalties = [1, 3, 10, 30, 100, 300, 1000, 3000] as const;

/** A head of fewer rows is not worth the folds. */
const fewest = 8;

/** By how much more the names of what rows belong to may speak than all else; "as much" is tried first. */
const voices = [1, 3] as const;

/** Louder names say less where a name is missing, so a little is not worth it. */
const worthIt = 0.998;

/** Heads that a voice is chosen by: more of them would choose the same. */
const mostJudges = 4;

/**
 * Fits the heads of a level. The penalty is the one that does best on rows held out, counted over all of
 * its heads; where none does better than saying nothing, nothing is said. So is the voice of the names:
 * where they tell nearly all, a penalty that fits words would hold them too far down.
 */
export const fitLevel = (
  design: Design,
  lessons: readonly Lesson[],
  foldOf: Int32Array,
  folds: number,
): Level => {
  const { names = 0 } = design;
  if (names === 0) return fitPenalty(design, lessons, foldOf, folds);
  const judges = Array.from(
    { length: Math.min(mostJudges, lessons.length) },
    (_, at) => lessons[Math.floor((at * lessons.length) / Math.min(mostJudges, lessons.length))] as Lesson,
  );
  const errors = voices.map((voice) => fitPenalty(spokenWith(voice, design), judges, foldOf, folds).error);
  const least = Math.min(...errors);
  const voice = least < worthIt * (errors[0] ?? 0) ? (voices[errors.indexOf(least)] ?? 1) : 1;
  const level = fitPenalty(spokenWith(voice, design), lessons, foldOf, folds);
  const firstName = design.columns - names;
  return {
    ...level,
    coefficients: level.coefficients.map((weights) =>
      weights?.map((weight, column) => (column < firstName ? weight : weight * voice)),
    ),
  };
};

const spokenWith = (voice: number, design: Design): Design => {
  if (voice === 1) return design;
  const firstName = design.columns - (design.names ?? 0);
  return {
    ...design,
    values: design.values.map((value, at) => ((design.index[at] ?? 0) < firstName ? value : value * voice)),
  };
};

const fitPenalty = (
  design: Design,
  lessons: readonly Lesson[],
  foldOf: Int32Array,
  folds: number,
): Level & { readonly error: number } => {
  const errors = new Float64Array(penalties.length);
  let nothing = 0;
  const told = lessons.map((lesson) => {
    const byPenalty = penalties.map(() => new Float64Array(lesson.rows.length));
    if (lesson.rows.length < fewest) return byPenalty;
    for (let fold = 0; fold < folds; fold += 1) {
      const inside = placesWhere(lesson.rows, (row) => foldOf[row] === fold);
      if (inside.length === 0) continue;
      const outside = placesWhere(lesson.rows, (row) => foldOf[row] !== fold);
      if (outside.length === 0) continue;
      const path = ridgePath(design, part(lesson, outside));
      const rows = Int32Array.from(inside, (at) => lesson.rows[at] ?? 0);
      for (const [choice, predicted] of path.tellAt(rows, penalties).entries()) {
        const column = byPenalty[choice] as Float64Array;
        for (const [place, at] of inside.entries()) {
          column[at] = predicted[place] ?? 0;
          const error = (lesson.targets[at] ?? 0) - (predicted[place] ?? 0);
          errors[choice] = (errors[choice] ?? 0) + (lesson.weights[at] ?? 0) * error * error;
        }
      }
      for (const at of inside) nothing += (lesson.weights[at] ?? 0) * (lesson.targets[at] ?? 0) ** 2;
    }
    return byPenalty;
  });
  const best = errors.indexOf(Math.min(...errors));
  const penalty = (errors[best] ?? 0) < nothing ? (penalties[best] ?? Infinity) : Infinity;
  if (penalty === Infinity)
    return {
      error: nothing,
      penalty,
      coefficients: lessons.map(() => undefined),
      heldOut: lessons.map(({ rows }) => new Float64Array(rows.length)),
    };
  return {
    error: errors[best] ?? 0,
    penalty,
    heldOut: told.map((columns) => columns[best] as Float64Array),
    coefficients: lessons.map((lesson) =>
      lesson.rows.length < fewest ? undefined : ridgePath(design, lesson).coefficientsAt(penalty),
    ),
  };
};

const placesWhere = (rows: Int32Array, holds: (row: number) => boolean): Int32Array => {
  const places: number[] = [];
  for (let at = 0; at < rows.length; at += 1) if (holds(rows[at] ?? 0)) places.push(at);
  return Int32Array.from(places);
};

const part = ({ rows, targets, weights }: Lesson, places: Int32Array): Lesson => ({
  rows: Int32Array.from(places, (at) => rows[at] ?? 0),
  targets: Float64Array.from(places, (at) => targets[at] ?? 0),
  weights: Float64Array.from(places, (at) => weights[at] ?? 0),
});
