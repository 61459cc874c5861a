import { isLoopback } from '../app/addresses.ts';
import type { App } from '../app/compose.ts';
import { type RunningServer, startServer } from './server.ts';

/**
 * Opens the door to a composed app at the address of its configuration. Rejects with
 * `unsafe-exposure` where anybody on the network could use it without a key.
 */
export const serveApp = async (
  app: App,
  { host, port }: { readonly host: string; readonly port: number } = app.current().config.server,
): Promise<RunningServer> => {
  if (!isLoopback(host)) app.exposeAt(host);
  return startServer(
    {
      gateway: app.gateway,
      snapshot: () => app.current().snapshot,
      world: app.world,
      surfaces: app.surfaces,
      exchanges: app.ledger,
      policy: app.policy,
      bodyLimitBytes: () => app.current().config.server.bodyLimitBytes,
      uploadLimitBytes: () => app.current().config.server.uploadLimitBytes,
      writeIdleMs: () => app.current().config.server.writeIdleMs,
      overload: () => app.current().config.server,
      isReady: () => app.ledger.health().state === 'up',
      onRefused: (error, id) => app.log.refused(error, id),
      onFault: (error, id) => app.log.fault(error, id),
    },
    { host, port },
  );
};
