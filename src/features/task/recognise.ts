import type { Task } from '../../core/features.ts';
import calibration from './calibration.json' with { type: 'json' };
import { createCandidates } from './candidate.ts';
import { lightTasks } from './evidence.ts';
import type { GramWeights } from './gram-reader.ts';
import grams from './gram-weights.json' with { type: 'json' };
import { pleasantries } from './lexicon.ts';
import type { LexiconWeights } from './lexicon-reader.ts';
import lexicon from './lexicon-weights.json' with { type: 'json' };

/** A task, and the chance that it is that: 0 where the recogniser is unsure. */
export interface Recognised {
  readonly task: Task;
  readonly confidence: number;
}

/** What kind of work an ask is. It would rather be unsure than wrong, above all where wrong is cheap. */
export const recogniseAsk = (ask: string): Recognised => {
  if (!ask) return unsure;
  if (isPleasantry(ask)) return { task: 'smalltalk', confidence: 1 };
  const candidate = candidateOf(ask);
  if (!candidate) return unsure;
  const { reader, task, chance } = candidate;
  const isLight = lightTasks.has(task);
  const confidence = calibrated(chance, calibration[reader][isLight ? 'light' : 'other']);
  return confidence < (isLight ? lightBar : bar) ? unsure : { task, confidence };
};

const unsure: Recognised = { task: 'unsure', confidence: 0 };

/** Below these chances of being right it says that it is unsure. */
const bar = 0.5;
const lightBar = 0.8;

const candidateOf = createCandidates(lexicon as LexiconWeights, grams as GramWeights);

/** How often a task was right that a reader was so sure of, on examples it had not learnt from (Platt). */
const calibrated = (
  chance: number,
  { slope, offset }: { readonly slope: number; readonly offset: number },
): number => {
  const least = Math.min(1 - edge, Math.max(edge, chance));
  const share = 1 / (1 + Math.exp(-(slope * Math.log(least / (1 - least)) + offset)));
  return Math.round(share * 1_000) / 1_000;
};

const edge = 1e-6;

const sayings = new Set(pleasantries.split('|'));

const isPleasantry = (ask: string): boolean => {
  if (ask.length > 40) return false;
  const words = ask
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}']+/gu, ' ')
    .trim();
  return sayings.has(words);
};
