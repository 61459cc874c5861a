import { parentPort, workerData } from 'node:worker_threads';
import { openOutcomeReader } from '../storage/outcome-reader.ts';
import { learnOnce } from './continuous.ts';
import { learnParts } from './learn-parts.ts';
import type { LearnRound } from './learner.ts';

const { ledger, shipped, ...task } = workerData as LearnRound;
const reader = openOutcomeReader({ dir: ledger });
try {
  parentPort?.postMessage(learnOnce(task, { ...learnParts(shipped), reader }));
} finally {
  reader.close();
}
