import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Started } from './process.ts';

/** A loopback port that was free a moment ago, for servers that have to be told theirs. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
};

const patienceMs = 20_000;

/** Resolves once somebody listens there; rejects where the process ends first or takes too long. */
export const untilListening = async (port: number, started: Started): Promise<void> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await pause(50)) {
    if (started.child.exitCode !== null) break;
    if (await isListening(port)) return;
  }
  throw new Error(`nothing listens on port ${port}: ${started.lastWords()}`);
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const tell = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => tell(true)).once('error', () => tell(false));
  });
