import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCredentials } from '../access/keys.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { ExchangeId } from '../core/exchange.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import type { Outlet } from '../gateway/outlet.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { timeSortedId } from '../kit/ids.ts';
import { refuseAmbiguity } from './ambiguity.ts';
import { answerBeside } from './answer-beside.ts';
import { bodyOf, stopping } from './body-of.ts';
import { HttpOutlet } from './http-outlet.ts';
import { ListOutlet } from './list-outlet.ts';
import { errorDialectOf, nothingAt, wrongBase } from './not-served.ts';
import { type Found, findRoute, openPaths, type Wanted } from './paths.ts';
import { discardBody } from './read-body.ts';
import { readReceived } from './received.ts';
import type { Door } from './server.ts';

/** Answers one request, whatever happens. */
export const serveRequest = (request: IncomingMessage, response: ServerResponse, door: Door): void => {
  // what stands behind a request that can be read in two ways may be a part of it
  if (door.suspects.has(request.socket)) return;
  const outlet = new HttpOutlet(response, door.parts.writeIdleMs());
  door.open.add(outlet);
  serve(request, outlet, door).catch((cause: unknown) => {
    response.destroy();
    door.parts.onFault(asGatewayError(cause), '');
  });
};

const serve = async (request: IncomingMessage, outlet: HttpOutlet, door: Door): Promise<void> => {
  const { parts } = door;
  const receivedAt = parts.world.now();
  const id = timeSortedId(receivedAt) as ExchangeId;
  const headers = request.headers as Headers;
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  const snapshot = parts.snapshot();
  const found = findRoute(request.method ?? 'GET', path, query);
  const dialect = dialectFor(path, headers, snapshot, request.method === 'POST' ? found : undefined);
  let isSuspect = true;
  try {
    refuseAmbiguity(request);
    isSuspect = false;
    const wanted = wantedOf(found, request, path);
    if (wanted.type === 'chat' && dialect.name !== wanted.dialect) throw nothingAt(path);
    if (!isCheap(wanted)) door.overload.refuse(door.open.size);
    const sent = readCredentials(headers, query);
    const credentials = openPaths.includes(path) ? sent : snapshot.keys.identified(sent);
    if (door.isStopping && wanted.type !== 'health') throw stopping();
    if (wanted.type === 'ready' && !parts.isReady())
      throw new GatewayError('ledger-down', 'The ledger cannot be written just now, so nothing is sent.');
    const arrival = { dialect, requestId: id, credentials };
    if (wanted.type !== 'chat') {
      await answerBeside(wanted, arrival, { request, receivedAt, query, snapshot, outlet, door });
      return;
    }
    const bytes = await bodyOf(request, outlet, parts.bodyLimitBytes());
    if (door.isStopping) throw stopping();
    const read = () =>
      readReceived({ id, receivedAt, dialect, bytes, headers, query, wanted, dialects: snapshot.dialects });
    const out = wanted.hasListForm ? new ListOutlet(outlet) : outlet;
    await parts.gateway.answer(read, arrival, out);
  } catch (cause) {
    const error = asGatewayError(cause);
    if (isSuspect) door.suspects.add(request.socket);
    if (!outlet.hasStarted && error.code !== 'client-gone') {
      const isLast = isSuspect || door.isStopping || error.code === 'request-timeout';
      refuse(error, id, dialect, outlet, {
        ...(found.type === 'wrong-method' && {
          allow: found.allowed.map((method) => (method === 'GET' ? 'GET, HEAD' : method)).join(', '),
        }),
        ...(isLast && { connection: 'close' }),
      });
      discardBody(request, parts.bodyLimitBytes());
    } else if (!outlet.isGone) outlet.destroy();
    if (error.code === 'internal') parts.onFault(error, id);
    else parts.onRefused(error, id);
  } finally {
    door.open.delete(outlet);
    if (door.open.size === 0) door.tellIdle?.();
  }
};

/** What tells whether the process is well has to be told most of all when it is not. */
const isCheap = ({ type }: Wanted): boolean =>
  type === 'health' || type === 'ready' || type === 'root' || type === 'models' || type === 'model';

const refuse = (
  error: GatewayError,
  id: ExchangeId,
  dialect: Dialect,
  outlet: Outlet,
  headers: Readonly<Record<string, string>>,
): void => {
  const written = dialect.writeError(error, id);
  const body = JSON.stringify(written.body);
  outlet.start(written.status, {
    ...written.headers,
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'request-id': id,
    'x-request-id': id,
    'x-tierwise-error': error.code,
  });
  outlet.end(body);
};

const wantedOf = (found: Found, { headers }: IncomingMessage, path: string): Wanted => {
  // other upgrades (HTTP/2) are only an offer, and plain HTTP an answer to it
  if (headers.upgrade?.toLowerCase() === 'websocket')
    throw new GatewayError('upgrade-required', 'WebSockets are not spoken here; send a plain HTTP request.');
  switch (found.type) {
    case 'found':
      return found.wanted;
    case 'wrong-method':
      throw new GatewayError('method-not-allowed', `This path answers ${found.allowed.join(' and ')} only.`);
    case 'unsafe':
      throw new GatewayError(
        'invalid-request',
        'The path holds characters or steps that are not served here.',
      );
    case 'wrong-base':
      throw wrongBase(path, found.should, headers as Headers);
    default:
      throw nothingAt(path);
  }
};

/** The dialect in which this path's errors are told. */
export const dialectFor = (
  path: string,
  headers: Headers,
  { dialects }: Snapshot,
  route = findRoute('POST', path),
): Dialect => dialects.get(errorDialectOf(path, headers, route)) ?? (dialects.get('openai-chat') as Dialect);
