import type { TaskKind } from '../task.ts';
import { designChoice } from './architecture.ts';
import { reviewBug } from './code-review.ts';
import { listPipeline } from './coding.ts';
import { getterCompletion, switchCompletion } from './completion.ts';
import { lostUpdate, wrongLine } from './debugging.ts';
import { docComment } from './documentation.ts';
import { emailExtraction, orderExtraction } from './extraction.ts';
import { bracketFix, importSorting, jsonFormatting, markdownTable } from './formatting.ts';
import { summarisation, translation } from './language.ts';
import { wordProblem } from './maths.ts';
import { criticalPath, seating } from './reasoning.ts';
import { multiFile, rename } from './refactoring.ts';
import { vulnerability } from './security.ts';
import { quickQuestion, smalltalk } from './talk.ts';
import { boundaryTests } from './test-writing.ts';

/** Every kind of task the built-in world makes. */
export const kinds: readonly TaskKind[] = [
  jsonFormatting,
  importSorting,
  bracketFix,
  markdownTable,
  switchCompletion,
  getterCompletion,
  emailExtraction,
  orderExtraction,
  smalltalk,
  quickQuestion,
  translation,
  summarisation,
  reviewBug,
  rename,
  docComment,
  boundaryTests,
  wrongLine,
  lostUpdate,
  listPipeline,
  wordProblem,
  multiFile,
  designChoice,
  vulnerability,
  seating,
  criticalPath,
];
