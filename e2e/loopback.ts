import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** Listens on any free loopback port; `close` does not wait for connections that are kept alive. */
export const listenOnLoopback = async (
  server: Server,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    port: address.port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
};

/** A loopback port that was free a moment ago, for processes that have to be told theirs. */
export const freePort = async (): Promise<number> => {
  const { port, close } = await listenOnLoopback(createServer());
  await close();
  return port;
};
