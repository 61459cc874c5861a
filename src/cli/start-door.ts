import type { App } from '../app/compose.ts';
import { serveApp } from '../server/serve-app.ts';
import type { RunningServer } from '../server/server.ts';
import { CliError } from './cli-error.ts';

/** Opens the HTTP door of what was composed, at the address of its configuration. */
export const startDoor = async (
  app: App,
  address: { readonly host: string; readonly port: number } = app.current().config.server,
): Promise<RunningServer> => {
  try {
    return await serveApp(app, address);
  } catch (cause) {
    const known = reasons[(cause as NodeJS.ErrnoException).code ?? ''];
    if (!known) throw cause;
    throw new CliError(`${address.host}:${address.port} cannot be listened on: ${known[0]}.`, {
      cause,
      wayOut: known[1],
    });
  }
};

const reasons: Readonly<Record<string, readonly [why: string, wayOut: string]>> = {
  EADDRINUSE: ['another program has the port', 'Stop that one, or choose another with --port.'],
  EACCES: ['this user may not use that port', 'Choose one above 1023 with --port.'],
  EADDRNOTAVAIL: ['this machine has no such address', 'Choose another with --host, or in "server.host".'],
  ENOTFOUND: ['no such host is known', 'Choose another with --host, or in "server.host".'],
};
