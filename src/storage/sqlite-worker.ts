import { parentPort, workerData } from 'node:worker_threads';
import { Applier } from './applier.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const { directory, journalDirectory, migrations, isProcessStart } = workerData as WorkerStart;
const port = parentPort;
const say = (message: FromWorker): void => port?.postMessage(message);
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const serve = (applier: Applier): void => {
  let isBroken = false;
  /** Whatever fails: the journal has it all, and the next try begins again from what is committed. */
  const attempt = (work: () => void): void => {
    try {
      if (isBroken) applier.load();
      isBroken = false;
      work();
    } catch (error) {
      isBroken = true;
      say({ type: 'failed', reason: reasonOf(error) });
    }
  };
  port?.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'apply':
        attempt(() => {
          applier.applyUpTo(message.until);
          const { position, losses } = applier;
          say({ type: 'applied', position, losses });
        });
        return;
      case 'sweep':
        attempt(() => applier.sweepTexts(message.before));
        return;
      case 'close':
        attempt(() => applier.applyUpTo(message.until));
        attempt(() => applier.close());
        say({ type: 'closed' });
        port.close();
    }
  });
};

try {
  const applier = new Applier(directory, journalDirectory, migrations);
  const recovered = isProcessStart ? applier.recover() : 0;
  serve(applier);
  say({ type: 'ready', recovered, position: applier.position, losses: applier.losses });
} catch (error) {
  say({ type: 'unusable', reason: reasonOf(error) });
}
