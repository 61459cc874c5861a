import { once } from 'node:events';
import type { Server } from 'node:http';

/** Listens on any free loopback port; `close` does not wait for connections that are kept alive. */
export const listenOnLoopback = async (
  server: Server,
): Promise<{ readonly url: string; close(): Promise<void> }> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
