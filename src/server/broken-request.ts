import type { Duplex } from 'node:stream';
import { GatewayError } from '../core/errors.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { timeSortedId } from '../kit/ids.ts';
import type { Register } from '../kit/register.ts';
import type { HttpOutlet } from './http-outlet.ts';
import { dialectFor } from './serve-request.ts';

/** Time for an answer to leave before the connection of a broken request is closed for good. */
const farewellMs = 1000;

/** Answers what is no HTTP request at all, as far as its beginning tells in which dialect. */
export const answerBroken = (
  error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer },
  socket: Duplex,
  snapshot: Snapshot,
  open: Register<HttpOutlet>,
): void => {
  // in the middle of an answer another one would only spoil it
  if (!socket.writable || hasStarted(socket, open)) {
    socket.destroy();
    return;
  }
  const reason = reasonOf(error.code);
  const path = /^[A-Z]{3,7} (\/[^ ?\r\n]*)/.exec(error.rawPacket?.toString('latin1', 0, 300) ?? '')?.[1];
  const id = timeSortedId(Date.now());
  const { status, body, headers } = dialectFor(path ?? '', {}, snapshot).writeError(reason, id);
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-tierwise-error': reason.code,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${phrases[status] ?? 'Bad Request'}\r\n${lines.join('')}\r\n${text}`);
  setTimeout(() => socket.destroy(), farewellMs).unref();
};

const hasStarted = (socket: Duplex, open: Register<HttpOutlet>): boolean =>
  open.all().some((outlet) => outlet.response.socket === socket && outlet.hasStarted);

const phrases: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

const reasonOf = (code: string | undefined): GatewayError => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('headers-too-large', 'The header fields are longer than 32 kB.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new GatewayError('too-large', 'The chunk extensions of the body are too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request-timeout', 'The request did not arrive in time.');
    default:
      return new GatewayError('invalid-request', 'This is not an HTTP request that can be read.');
  }
};
