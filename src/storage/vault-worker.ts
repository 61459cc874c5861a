import { parentPort, workerData } from 'node:worker_threads';
import { VaultFile } from './sql/vault-file.ts';
import type { FromVaultWorker, ToVaultWorker, VaultWorkerStart } from './vault-messages.ts';

const { path, maxBytes, loadBytes } = workerData as VaultWorkerStart;
const port = parentPort;
const say = (message: FromVaultWorker): void => port?.postMessage(message);

const file = new VaultFile(path);

/** What cannot be written is forgotten at the next start: no reason to stop. */
const attempt = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    say({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
};

port?.on('message', (message: ToVaultWorker) => {
  switch (message.type) {
    case 'write':
      attempt(() => file.write(message.puts, message.drops));
      return;
    case 'find': {
      let row: ReturnType<VaultFile['find']>;
      attempt(() => {
        row = file.find(message.id);
      });
      say({ type: 'found', number: message.number, row });
      return;
    }
    case 'sweep':
      attempt(() => file.sweep(message.now, maxBytes));
      return;
    case 'close':
      attempt(() => file.close());
      say({ type: 'closed' });
      port.close();
  }
});

say({ type: 'ready', rows: file.newest(loadBytes) });
