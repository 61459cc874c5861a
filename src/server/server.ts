import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GatewayError } from '../core/errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { Register } from '../kit/register.ts';
import type { World } from '../kit/world.ts';
import type { ExchangeFinder, SignalKeeper } from '../ledger/signals.ts';
import type { Surfaces } from '../surfaces/surfaces.ts';
import { answerBroken } from './broken-request.ts';
import type { HttpOutlet } from './http-outlet.ts';
import { LabelRate } from './label-rate.ts';
import { Overload, type OverloadLimits } from './overload.ts';
import { serveRequest } from './serve-request.ts';

export interface ServerParts {
  readonly gateway: Gateway;
  readonly snapshot: () => Snapshot;
  readonly world: World;
  readonly surfaces: Surfaces;
  /** What was kept of requests, for their callers. */
  readonly exchanges: ExchangeFinder & SignalKeeper;
  readonly bodyLimitBytes: () => number;
  /** Of files, which are passed on while they come in. */
  readonly uploadLimitBytes: () => number;
  /** How long a reader may take nothing of what waits for it. */
  readonly writeIdleMs: () => number;
  /** From where on requests are refused rather than served late. */
  readonly overload: () => OverloadLimits;
  /** Name and version of the policy in force. */
  readonly policy: () => string | undefined;
  /** Whether requests can be served and charged for just now. */
  readonly isReady: () => boolean;
  readonly onRefused: (error: GatewayError, requestId: string) => void;
  readonly onFault: (error: GatewayError, requestId: string) => void;
}

export interface RunningServer {
  /** "http://127.0.0.1:4100" */
  readonly url: string;
  /** Lets running answers go on for the grace, then cuts them; new requests are refused at once. Resolves when all are settled. */
  stop(graceMs: number): Promise<void>;
}

/** What the requests of one server share. */
export interface Door {
  readonly parts: ServerParts;
  /** Connections on which nothing more is heard. */
  readonly suspects: WeakSet<Socket>;
  /** Requests that are not settled yet. */
  readonly open: Register<HttpOutlet>;
  readonly overload: Overload;
  readonly labelRate: LabelRate;
  isStopping: boolean;
  /** Called when the last of them is. */
  tellIdle: (() => void) | undefined;
}

/** The HTTP door. Rejects where the address is taken or not ours. */
export const startServer = async (
  parts: ServerParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> => {
  const door: Door = {
    parts,
    open: new Register(),
    suspects: new WeakSet(),
    overload: new Overload(parts.world, parts.overload),
    labelRate: new LabelRate(parts.world),
    isStopping: false,
    tellIdle: undefined,
  };
  const server = createServer(
    {
      // longer than any client's idle connection, so that the client is the one to close it
      keepAliveTimeout: 72_000,
      headersTimeout: 12_000,
      // a body has its own limit, told in the caller's dialect; this one is for what is left of refused ones
      requestTimeout: 65_000,
      // both are looked at only so often
      connectionsCheckingInterval: 2000,
      maxHeaderSize: 32_768,
      // asked for by ourselves, in the caller's dialect
      requireHostHeader: false,
      noDelay: true,
      // what a reader who stopped reading leaves in memory; the kernel holds more than enough beside it
      highWaterMark: 32_768,
    },
    (request, response) => serveRequest(request, response, door),
  );
  server.on('checkContinue', (request, response) => serveRequest(request, response, door));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // a suspect has its answer, and its end
    if (!door.suspects.has(socket as Socket)) answerBroken(error, socket, parts.snapshot(), door.open);
  });
  await listen(server, host, port);
  return { url: urlOf(server), stop: (graceMs) => stop(server, door, graceMs) };
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const urlOf = (server: Server): string => {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
};

/** Time for the last frames to leave after the grace. */
const farewellMs = 1000;

const stop = async (server: Server, door: Door, graceMs: number): Promise<void> => {
  door.isStopping = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => {
    const error = new GatewayError(
      'shutting-down',
      'The gateway was stopped before the answer was complete.',
    );
    for (const outlet of door.open.all()) outlet.cut(error);
  }, graceMs);
  const destroy = setTimeout(() => server.closeAllConnections(), graceMs + farewellMs);
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  server.closeIdleConnections();
  await closed;
  door.overload.close();
  clearTimeout(cut);
  clearTimeout(destroy);
  clearInterval(idle);
  // the last connection may be gone before the last exchange is settled
  if (door.open.size === 0) return;
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, farewellMs);
    door.tellIdle = () => {
      clearTimeout(late);
      resolve();
    };
  });
};
