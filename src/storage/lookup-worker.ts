import { parentPort, workerData } from 'node:worker_threads';
import { openForReading } from './ledger-reader.ts';
import type { Found, LookUp } from './lookup-messages.ts';
import { exchangeFinder } from './sql/find-exchange.ts';

const find = exchangeFinder(openForReading(workerData as string));

parentPort?.on('message', ({ number, id, caller }: LookUp) => {
  const say = (found: Found): void => parentPort?.postMessage(found);
  try {
    say({ number, found: find(id, caller) });
  } catch (error) {
    say({ number, reason: error instanceof Error ? error.message : String(error) });
  }
});
