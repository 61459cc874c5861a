import { type Candidate, createCandidates } from '../../src/features/task/candidate.ts';
import { lightTasks } from '../../src/features/task/evidence.ts';
import type { Example } from './examples.ts';

/** A straight line from the odds a reader sees to the odds that it is right. */
export interface Line {
  readonly slope: number;
  readonly offset: number;
}

export type Calibration = Readonly<Record<Candidate['reader'], Readonly<Record<'light' | 'other', Line>>>>;

const folds = 5;

type Train = (examples: readonly Example[]) => {
  readonly lexicon: Parameters<typeof createCandidates>[0];
  readonly grams: Parameters<typeof createCandidates>[1];
};

/** How sure each reader may be, from examples that it had not learnt from: each fold is judged by what the others taught. */
export const calibrate = (examples: readonly Example[], train: Train): Calibration => {
  const points = new Map<string, Point[]>();
  for (let fold = 0; fold < folds; fold++) {
    const { lexicon, grams } = train(examples.filter(({ text }) => foldOf(text) !== fold));
    const candidateOf = createCandidates(lexicon, grams);
    for (const { text, task, weight } of examples) {
      const candidate = foldOf(text) === fold ? candidateOf(text) : undefined;
      if (!candidate) continue;
      const key = `${candidate.reader}/${lightTasks.has(candidate.task) ? 'light' : 'other'}`;
      const list = points.get(key) ?? [];
      list.push({ odds: logOdds(candidate.chance), isRight: candidate.task === task, weight });
      points.set(key, list);
    }
  }
  const line = (key: string): Line => fitLine(points.get(key) ?? []);
  return {
    lexicon: { light: line('lexicon/light'), other: line('lexicon/other') },
    grams: { light: line('grams/light'), other: line('grams/other') },
  };
};

/** Prompts of one template begin alike: they are all in one fold, or the templates would be what is measured. */
const foldOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const letter of text.slice(0, 10).toLowerCase())
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % folds;
};

interface Point {
  readonly odds: number;
  readonly isRight: boolean;
  readonly weight: number;
}

const logOdds = (chance: number): number => {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, chance));
  return Math.log(inside / (1 - inside));
};

const steps = 50;
/** A few examples are to bend the line but little away from the reader's own odds. */
const pull = 2;

/** Weighted logistic regression with one input, by Newton's steps. */
const fitLine = (points: readonly Point[]): Line => {
  let slope = 1;
  let offset = 0;
  for (let step = 0; step < steps; step++) {
    const slopes = [pull * (slope - 1), pull * offset];
    const bends = [pull, 0, pull];
    for (const { odds, isRight, weight } of points) {
      const share = 1 / (1 + Math.exp(-(slope * odds + offset)));
      const miss = weight * (share - (isRight ? 1 : 0));
      const bend = weight * share * (1 - share);
      slopes[0] = (slopes[0] ?? 0) + miss * odds;
      slopes[1] = (slopes[1] ?? 0) + miss;
      bends[0] = (bends[0] ?? 0) + bend * odds * odds;
      bends[1] = (bends[1] ?? 0) + bend * odds;
      bends[2] = (bends[2] ?? 0) + bend;
    }
    const [a = 1, b = 0, c = 1] = bends;
    const [p = 0, q = 0] = slopes;
    const determinant = a * c - b * b;
    slope -= (c * p - b * q) / determinant;
    offset -= (a * q - b * p) / determinant;
  }
  return { slope: rounded(slope), offset: rounded(offset) };
};

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;
