import { Worker } from 'node:worker_threads';
import type { LearnOutcome, LearnTask } from './continuous.ts';

/** One round of learning, as its thread is told. */
export interface LearnRound extends LearnTask {
  /** Folder of the ledger. */
  readonly ledger: string;
  /** The file of the policy that ships with the package; undefined where none does. */
  readonly shipped: string | undefined;
}

/** Training on the newest rows of a ledger needs some hundred megabytes at most; more is a fault, and ends the round only. */
const mostMegabytes = 1024;

/**
 * A round of learning in a thread of its own, which is gone when it is over: requests never wait for it.
 * Rejects with what went wrong in it; `signal` breaks it off.
 */
export const learnInThread = (round: LearnRound, signal?: AbortSignal): Promise<LearnOutcome> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`./learn-worker.${extension}`, import.meta.url), {
      workerData: round,
      name: 'learning',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    worker.unref();
    const stop = (): void => void worker.terminate();
    signal?.addEventListener('abort', stop, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(new Error('its thread ended without a word'));
    });
  });

// the compiler rewrites imports, not URLs
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
