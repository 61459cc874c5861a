import { join } from 'node:path';
import { gatewayCore, portOf, startPinned } from '../process.ts';
import type { Contestant } from './contestant.ts';

export const bare: Contestant = {
  name: 'bare',
  start: async ({ upstreamPort }) => {
    const started = startPinned({
      core: gatewayCore,
      command: process.execPath,
      args: [join(import.meta.dirname, '../bare-proxy.ts'), `http://127.0.0.1:${upstreamPort}`],
      hasChannel: true,
    });
    const port = await portOf(started);
    return {
      target: () => ({ port, headers: {}, pid: started.pid }),
      facts: [`node ${process.versions.node}, node:http + undici Pool.dispatch`],
      stop: started.stop,
    };
  },
};
