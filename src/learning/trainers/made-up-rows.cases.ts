import { sampleFeatures } from '../../testing/sample-features.ts';
import type { TrainingOutcome, TrainingRow } from '../trainer.ts';

export interface MadeUp {
  readonly rows: number;
  /** By model: how it does on hard asks and on easy ones, 0 to 1. */
  readonly models: Readonly<Record<string, { readonly hard: number; readonly easy: number }>>;
  readonly tagged?: boolean;
  readonly wordless?: boolean;
  /** Which model answers a row; all of them unless told. */
  readonly answers?: (row: number, model: string) => boolean;
  readonly seed?: number;
}

const hardWords = ['prove', 'integral', 'theorem', 'eigenvalue', 'manifold', 'lemma'];
const easyWords = ['capital', 'colour', 'weather', 'breakfast', 'greeting', 'animal'];
const plainWords = ['what', 'is', 'the', 'of', 'please', 'tell', 'me', 'about', 'this', 'one'];

/** Rows of two kinds, hard and easy, that words tell apart; chance is the same on every run. */
export const madeUpRows = ({
  rows,
  models,
  tagged = false,
  wordless = false,
  answers = () => true,
  seed = 1,
}: MadeUp): readonly TrainingRow[] => {
  const next = chances(seed);
  const pick = (words: readonly string[]): string => words[Math.floor(next() * words.length)] ?? '';
  return Array.from({ length: rows }, (_, at): TrainingRow => {
    const isHard = next() < 0.5;
    const words = Array.from({ length: 12 }, (_, place) =>
      place % 3 === 0 ? pick(isHard ? hardWords : easyWords) : pick(plainWords),
    );
    const outcomes: Record<string, TrainingOutcome> = {};
    for (const [model, { hard, easy }] of Object.entries(models)) {
      const score = next() < (isHard ? hard : easy) ? 1 : 0;
      if (answers(at, model)) outcomes[model] = { score, outputTokens: isHard ? 800 : 100 };
    }
    return {
      id: `row ${seed} ${at}`,
      group: `row ${seed} ${at}`,
      subject: {
        ask: wordless ? '' : words.join(' '),
        features: sampleFeatures({ task: 'unsure', taskConfidence: 0 }),
        route: 'auto',
        agent: '',
        tags: tagged ? { task: isHard ? 'proofs' : 'small talk' } : {},
      },
      outcomes,
      weight: 1,
    };
  });
};

const chances = (seed: number): (() => number) => {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0) / 2 ** 32;
  };
};

export const pair = { small: { hard: 0.2, easy: 0.95 }, large: { hard: 0.9, easy: 0.95 } };
export const hardAsk = 'please prove the theorem of the manifold lemma about this integral';
export const easyAsk = 'please tell me the capital of the animal about this breakfast';
