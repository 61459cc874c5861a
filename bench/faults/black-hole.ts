import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

export interface BlackHole {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens, and then never takes a connection up: its thread sleeps. */
const thread = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
});
`;

/** More than its queue takes: whoever comes later gets no answer to the very first packet. */
const waiting = 4;

/** An address of loopback to which no connection comes about, neither well nor badly. */
export const openBlackHole = async (): Promise<BlackHole> => {
  const worker = new Worker(thread, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const sockets: Socket[] = [];
  for (let socket = 0; socket < waiting; socket += 1) {
    const filling = connect(port, '127.0.0.1');
    filling.on('error', () => undefined);
    sockets.push(filling);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await worker.terminate();
    },
  };
};
