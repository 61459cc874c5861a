/**
 * Learns what `src/features/task` recognises tasks by: which task each signal of English speaks for
 * (`lexicon-weights.json`), which stretches of texts in other languages do (`gram-weights.json`), and how
 * often either is right when it is so sure (`calibration.json`). Sources are the phrases in `scripts/tasks`
 * and recorded prompts marked `train` in `../shared/data` (MIT and Apache-2.0). The same input gives the same
 * files, bit for bit.
 *
 *   node scripts/train-tasks.ts            # writes the files
 *   node scripts/train-tasks.ts --check    # says whether they are what training gives
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GramWeights } from '../src/features/task/gram-reader.ts';
import type { LexiconWeights } from '../src/features/task/lexicon-reader.ts';
import { readSignals } from '../src/features/task/signals.ts';
import { calibrate } from './tasks/calibrate.ts';
import { type Example, readForeignPhrases, readPhrases, readRecorded } from './tasks/examples.ts';
import { trainGrams } from './tasks/train-grams.ts';
import { trainLexicon } from './tasks/train-lexicon.ts';

export interface Trained {
  readonly lexicon: LexiconWeights;
  readonly grams: GramWeights;
}

export const trainingExamples = (): readonly Example[] => [
  ...readPhrases('train'),
  ...readForeignPhrases('train'),
  ...readRecorded('train'),
];

export const train = (examples: readonly Example[]): Trained => ({
  lexicon: trainLexicon(examples.map(asUnread)),
  grams: trainGrams(examples.filter(isNotPlainEnglish).map(asEnglish)),
});

/** The lexicon knows English alone: of another language it is to say that it is unsure. */
const asUnread = (example: Example): Example =>
  example.language === 'en' ? example : { ...example, task: 'unsure' };

/** English that looks as if it were another language is left to the lexicon. */
const asEnglish = (example: Example): Example =>
  example.language === 'en' ? { ...example, task: 'unsure', weight: example.weight / 30 } : example;

const isNotPlainEnglish = ({ language, text }: Example): boolean =>
  language !== 'en' || readSignals(text).isSparse;

export const written = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

if (import.meta.main) {
  const examples = trainingExamples();
  const trained = train(examples);
  const files = {
    'lexicon-weights.json': written(trained.lexicon),
    'gram-weights.json': written(trained.grams),
    'calibration.json': written(calibrate(examples, train)),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(import.meta.dirname, '../src/features/task', name);
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (text !== readFileSync(path, 'utf8')) {
      console.log(`${name} differs from what training gives`);
      process.exitCode = 1;
    }
  }
}
