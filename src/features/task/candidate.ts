import type { Task } from '../../core/features.ts';
import { isForbidden } from './evidence.ts';
import { createGramReader, type GramWeights } from './gram-reader.ts';
import { createLexiconReader, type LexiconWeights } from './lexicon-reader.ts';
import { readingWindow } from './sentences.ts';
import { readSignals } from './signals.ts';

/** The task an ask is likeliest of, by the reader that knows its language, and its chance as that reader sees it. */
export interface Candidate {
  readonly reader: 'lexicon' | 'grams';
  readonly task: Task;
  readonly chance: number;
}

/** Undefined where the ask says too little, or what it seems to be is not to be believed. */
export const createCandidates = (
  lexicon: LexiconWeights,
  grams: GramWeights,
): ((ask: string) => Candidate | undefined) => {
  const readEnglish = createLexiconReader(lexicon);
  const readOther = createGramReader(grams);
  return (ask) => {
    const signals = readSignals(ask);
    if (!signals.isForeign) {
      const { best, chance } = readEnglish(signals.held);
      const isSure = best !== 'unsure' && !isForbidden(best, signals, ask, true);
      // few words that English cannot do without: what is not clear may be clear in another language
      if (!signals.isSparse || (isSure && chance >= sparseChance))
        return isSure ? { reader: 'lexicon', task: best, chance } : undefined;
    }
    const { best, chance } = readOther(readingWindow(ask), signals.held);
    return best === 'unsure' || isForbidden(best, signals, ask, false)
      ? undefined
      : { reader: 'grams', task: best, chance };
  };
};

const sparseChance = 0.6;
