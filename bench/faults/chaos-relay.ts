import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a relay does to the bytes of an upstream's answers. */
export type Chaos =
  | { readonly type: 'none' }
  /** Every piece comes so much later. */
  | { readonly type: 'latency'; readonly ms: number }
  /** So many bytes at a time, and a pause after each. */
  | { readonly type: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** After so many bytes the connection is reset. */
  | { readonly type: 'reset'; readonly afterBytes: number }
  /** After so many bytes the sending side is closed, as if the answer were over. */
  | { readonly type: 'half-close'; readonly afterBytes: number }
  /** Takes every byte and never gives one back. */
  | { readonly type: 'black-hole' };

export interface ChaosRelay {
  /** "http://127.0.0.1:PORT/v1" */
  readonly url: string;
  /** Bytes of answers it has let through, heads included. */
  readonly passedBytes: number;
  /** For connections to come. */
  use(chaos: Chaos): void;
  close(): Promise<void>;
}

/** A TCP relay on loopback before an upstream. */
export const startChaosRelay = async (targetPort: number, first: Chaos): Promise<ChaosRelay> => {
  let chaos = first;
  const open = new Set<Socket>();
  let passedBytes = 0;
  const server: Server = createServer((caller) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const socket of [caller, upstream]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    caller.on('close', () => {
      passedBytes += caller.bytesWritten;
    });
    caller.pipe(upstream);
    caller.on('close', () => upstream.destroy());
    if (chaos.type === 'black-hole') upstream.resume();
    else carry(upstream, caller, chaos);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get passedBytes() {
      return [...open]
        .filter((socket) => socket.localPort === port)
        .reduce((sum, socket) => sum + socket.bytesWritten, passedBytes);
    },
    use: (next) => {
      chaos = next;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
};

const carry = (upstream: Socket, caller: Socket, chaos: Exclude<Chaos, { type: 'black-hole' }>): void => {
  switch (chaos.type) {
    case 'none':
      upstream.pipe(caller);
      return;
    case 'latency':
      upstream.on('data', (piece) => setTimeout(() => caller.write(piece), chaos.ms));
      upstream.on('end', () => setTimeout(() => caller.end(), chaos.ms));
      return;
    case 'drip':
      drip(upstream, caller, chaos);
      return;
    default:
      cutAfter(upstream, caller, chaos);
  }
};

const drip = (upstream: Socket, caller: Socket, { bytes, everyMs }: { bytes: number; everyMs: number }) => {
  let waiting: Buffer = Buffer.alloc(0);
  let isEnded = false;
  const timer = setInterval(() => {
    if (waiting.length > 0) {
      caller.write(waiting.subarray(0, bytes));
      waiting = waiting.subarray(bytes);
    } else if (isEnded) {
      clearInterval(timer);
      caller.end();
    }
  }, everyMs);
  upstream.on('data', (piece: Buffer) => {
    waiting = Buffer.concat([waiting, piece]);
  });
  upstream.on('end', () => {
    isEnded = true;
  });
  caller.on('close', () => clearInterval(timer));
};

const cutAfter = (
  upstream: Socket,
  caller: Socket,
  { type, afterBytes }: { readonly type: 'reset' | 'half-close'; readonly afterBytes: number },
): void => {
  let passed = 0;
  let isCut = false;
  upstream.on('data', (piece: Buffer) => {
    if (isCut) return;
    const rest = piece.subarray(0, afterBytes - passed);
    passed += rest.length;
    isCut = passed >= afterBytes;
    caller.write(rest, () => {
      if (!isCut) return;
      // a reset at once would take the bytes before it along
      if (type === 'reset') setTimeout(() => caller.resetAndDestroy(), 20);
      else caller.end();
    });
  });
  upstream.on('end', () => {
    if (!isCut) caller.end();
  });
};
