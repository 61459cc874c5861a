import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCredentials } from '../access/keys.ts';
import { GatewayError } from '../core/errors.ts';
import type { ExchangeId } from '../core/exchange.ts';
import type { JsonObject } from '../core/json.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Outlet } from '../gateway/outlet.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { timeSortedId } from '../kit/ids.ts';
import type { World } from '../kit/world.ts';
import { HttpOutlet } from './http-outlet.ts';
import { listModels, oneModel } from './list-models.ts';
import { findRoute, openPaths, type Wanted } from './paths.ts';
import { readBody } from './read-body.ts';
import { parseBody, readReceived } from './received.ts';

export interface ServerParts {
  readonly gateway: Gateway;
  readonly snapshot: () => Snapshot;
  readonly world: World;
  /** Tokens of a prompt, by our own estimate: good for a context gauge, never for a bill. */
  readonly countTokens: (body: JsonObject, bodyBytes: number) => number;
  readonly bodyLimitBytes: () => number;
  readonly onFault: (error: GatewayError, requestId: string) => void;
}

export interface RunningServer {
  /** "http://127.0.0.1:4100" */
  readonly url: string;
  /** Lets running answers go on for the grace, then cuts them; new requests are refused at once. */
  stop(graceMs: number): Promise<void>;
}

/** The HTTP door. Rejects where the address is taken or not ours. */
export const startServer = async (
  parts: ServerParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningServer> => {
  const state = { isStopping: false };
  const open = new Set<HttpOutlet>();
  const server = createServer(
    {
      // longer than any client's idle connection, so that the client is the one to close it
      keepAliveTimeout: 72_000,
      headersTimeout: 15_000,
      requestTimeout: 65_000,
      maxHeaderSize: 32_768,
      requireHostHeader: true,
      noDelay: true,
    },
    (request, response) => {
      serve(request, response, parts, state, open).catch((cause: unknown) => {
        parts.onFault(new GatewayError('internal', 'The door failed.', { cause }), '');
        response.destroy();
      });
    },
  );
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  await listen(server, host, port);
  return { url: urlOf(server), stop: (graceMs) => stop(server, state, open, graceMs) };
};

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
  state: { readonly isStopping: boolean },
  open: Set<HttpOutlet>,
): Promise<void> => {
  const receivedAt = parts.world.now();
  const id = timeSortedId(receivedAt) as ExchangeId;
  const headers = headersOf(request);
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  const snapshot = parts.snapshot();
  const dialect = dialectFor(path, headers, snapshot);
  const outlet = new HttpOutlet(response);
  const refuse = (error: GatewayError): void => {
    const written = dialect.writeError(error, id);
    const body = JSON.stringify(written.body);
    outlet.start(written.status, {
      ...written.headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'request-id': id,
      'x-request-id': id,
      'x-tierwise-error': error.code,
    });
    outlet.end(body);
  };
  try {
    refuseAmbiguity(request);
    const wanted = wantedOf(request.method ?? 'GET', path, target);
    if (!openPaths.includes(path)) snapshot.keys.callerOf(readCredentials(headers));
    if (state.isStopping && wanted.type !== 'health') throw stopping();
    if (wanted.type !== 'chat' && wanted.type !== 'count-tokens') {
      answerPlain(wanted, headers, snapshot, outlet);
      return;
    }
    const bytes = await readBody(request, parts.bodyLimitBytes());
    const credentials = readCredentials(headers);
    if (wanted.type === 'count-tokens') {
      const tokens = parts.countTokens(parseBody(bytes).body, bytes.length);
      const body = JSON.stringify({ input_tokens: tokens });
      outlet.start(200, {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-tierwise-estimated': 'true',
        'request-id': id,
      });
      outlet.end(body);
      return;
    }
    open.add(outlet);
    const read = () => readReceived(id, receivedAt, dialect, bytes, headers, query);
    await parts.gateway.answer(read, { dialect, requestId: id, credentials }, outlet);
  } catch (cause) {
    const error =
      cause instanceof GatewayError
        ? cause
        : new GatewayError('internal', 'The gateway failed on this request; its log says where.', { cause });
    if (error.code === 'internal') parts.onFault(error, id);
    if (!outlet.hasStarted && error.code !== 'client-gone') refuse(error);
    else if (!outlet.isGone) outlet.destroy();
  } finally {
    open.delete(outlet);
  }
};

const wantedOf = (method: string, path: string, target: string): Wanted => {
  const found = findRoute(method, path);
  switch (found.type) {
    case 'found':
      return found.wanted;
    case 'wrong-method':
      throw new GatewayError('method-not-allowed', `This path answers ${found.allowed} only.`);
    case 'unsafe':
      throw new GatewayError(
        'invalid-request',
        'The path holds characters or steps that are not served here.',
      );
    case 'doubled-version':
      throw new GatewayError(
        'not-found',
        'The path has "/v1" twice: the base URL of OpenAI clients ends in "/v1", that of Anthropic clients must not.',
      );
    default:
      throw new GatewayError(
        'not-found',
        `There is nothing at ${JSON.stringify(target.split('?')[0]?.slice(0, 100))}; the gateway answers POST /v1/chat/completions, POST /v1/messages and GET /v1/models.`,
      );
  }
};

/** What two readers could understand in two ways is answered to neither (SCENARIOS D8). */
const refuseAmbiguity = (request: IncomingMessage): void => {
  const hosts = request.rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'host',
  ).length;
  if (hosts > 1) throw new GatewayError('invalid-request', 'The request has two Host headers.');
  if (request.httpVersion === '1.0' && request.headers['transfer-encoding'])
    throw new GatewayError('invalid-request', 'HTTP/1.0 knows no transfer encodings.');
};

const answerPlain = (wanted: Wanted, headers: Headers, snapshot: Snapshot, outlet: Outlet): void => {
  const body = JSON.stringify(plainBody(wanted, headers, snapshot));
  outlet.start(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  outlet.end(body);
};

const plainBody = (wanted: Wanted, headers: Headers, snapshot: Snapshot): unknown => {
  switch (wanted.type) {
    case 'models':
      return listModels(snapshot, snapshot.keys.callerOf(readCredentials(headers)));
    case 'model':
      return oneModel(wanted.name, snapshot, snapshot.keys.callerOf(readCredentials(headers)));
    default:
      return { status: 'ok', service: 'tierwise' };
  }
};

/** The dialect in which this path's errors are told. */
const dialectFor = (path: string, headers: Headers, { dialects }: Snapshot): Dialect => {
  const route = findRoute('POST', path);
  const spoken = route.type === 'found' && 'dialect' in route.wanted ? route.wanted.dialect : undefined;
  const isAnthropic = path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined;
  return dialects.get(spoken ?? (isAnthropic ? 'anthropic-messages' : 'openai-chat')) as Dialect;
};

const headersOf = (request: IncomingMessage): Headers => request.headers as Headers;

const stopping = (): GatewayError =>
  new GatewayError('shutting-down', 'The gateway is stopping; try again in a moment.', {
    retryAfterMs: 1000,
  });

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

const stop = async (
  server: Server,
  state: { isStopping: boolean },
  open: Set<HttpOutlet>,
  graceMs: number,
): Promise<void> => {
  state.isStopping = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => {
    const error = new GatewayError(
      'shutting-down',
      'The gateway was stopped before the answer was complete.',
    );
    for (const outlet of open) outlet.cut(error);
  }, graceMs);
  const destroy = setTimeout(() => server.closeAllConnections(), graceMs + farewellMs);
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
  clearTimeout(destroy);
  clearInterval(idle);
};
