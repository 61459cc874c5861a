import { parentPort, workerData } from 'node:worker_threads';
import { Applier } from './applier.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const { directory, journalDirectory, migrations, isProcessStart } = workerData as WorkerStart;
const port = parentPort;
const say = (message: FromWorker): void => port?.postMessage(message);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const serve = (applier: Applier): void => {
  let isBroken = false;
  const apply = (message: ToWorker & { type: 'apply' }): void => {
    try {
      if (isBroken) applier.load();
      isBroken = false;
      applier.applyUpTo(message.until);
      const { position, damagedBytes } = applier;
      say({ type: 'applied', position, damagedBytes, token: message.token });
    } catch (error) {
      isBroken = true;
      say({ type: 'failed', reason: reasonOf(error), token: message.token });
    }
  };
  port?.on('message', (message: ToWorker) => {
    if (message.type === 'apply') apply(message);
    else if (message.type === 'sweep') {
      try {
        applier.sweepTexts(message.before);
      } catch (error) {
        isBroken = true;
        say({ type: 'failed', reason: reasonOf(error), token: 0 });
      }
    } else {
      applier.close();
      say({ type: 'closed' });
      port.close();
    }
  });
};

try {
  const applier = new Applier(directory, journalDirectory, migrations);
  const recovered = isProcessStart ? applier.recover() : 0;
  serve(applier);
  say({ type: 'ready', recovered, position: applier.position, damagedBytes: applier.damagedBytes });
} catch (error) {
  say({ type: 'unusable', reason: reasonOf(error) });
}
