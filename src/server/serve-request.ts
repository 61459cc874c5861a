import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCredentials } from '../access/keys.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { ExchangeId } from '../core/exchange.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import type { Outlet } from '../gateway/outlet.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { timeSortedId } from '../kit/ids.ts';
import { refuseAmbiguity } from './ambiguity.ts';
import { HttpOutlet } from './http-outlet.ts';
import { listModels, oneModel } from './list-models.ts';
import { type Found, findRoute, openPaths, type Wanted } from './paths.ts';
import { discardBody, readBody } from './read-body.ts';
import { parseBody, readReceived } from './received.ts';
import type { Door } from './server.ts';

/** A minute for a body: the largest there may be takes 4 Mbit a second. */
const bodyMs = 60_000;

/** Answers one request, whatever happens. */
export const serveRequest = (request: IncomingMessage, response: ServerResponse, door: Door): void => {
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
  const found = findRoute(request.method ?? 'GET', path);
  const dialect = dialectFor(path, headers, snapshot, request.method === 'POST' ? found : undefined);
  try {
    refuseAmbiguity(request);
    const wanted = wantedOf(found, request, path);
    const sent = readCredentials(headers);
    const credentials = openPaths.includes(path) ? sent : snapshot.keys.identified(sent);
    if (door.isStopping && wanted.type !== 'health') throw stopping();
    if (wanted.type === 'ready' && !parts.isReady())
      throw new GatewayError('ledger-down', 'The ledger cannot be written just now, so nothing is sent.');
    if (wanted.type !== 'chat' && wanted.type !== 'count-tokens') {
      answerPlain(wanted, headers, snapshot, outlet);
      return;
    }
    const bytes = await bodyOf(request, outlet, parts.bodyLimitBytes());
    if (door.isStopping) throw stopping();
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
    const read = () => readReceived(id, receivedAt, dialect, bytes, headers, query);
    await parts.gateway.answer(read, { dialect, requestId: id, credentials }, outlet);
  } catch (cause) {
    const error = asGatewayError(cause);
    if (!outlet.hasStarted && error.code !== 'client-gone') {
      const isLast = door.isStopping || error.code === 'request-timeout';
      refuse(error, id, dialect, outlet, {
        ...(found.type === 'wrong-method' && {
          allow: found.allowed === 'GET' ? 'GET, HEAD' : found.allowed,
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

/** The body, asked for where the caller waits to be. */
const bodyOf = (request: IncomingMessage, { response }: HttpOutlet, limitBytes: number): Promise<Buffer> => {
  const body = readBody(request, { bytes: limitBytes, ms: bodyMs });
  const isRefused = Number(request.headers['content-length'] ?? 0) > limitBytes;
  if (request.headers.expect !== undefined && !isRefused) response.writeContinue();
  return body;
};

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
        `There is nothing at ${JSON.stringify(path.slice(0, 100))}; the gateway answers POST /v1/chat/completions, POST /v1/messages and GET /v1/models.`,
      );
  }
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
export const dialectFor = (
  path: string,
  headers: Headers,
  { dialects }: Snapshot,
  route = findRoute('POST', path),
): Dialect => {
  const spoken = route.type === 'found' && 'dialect' in route.wanted ? route.wanted.dialect : undefined;
  const isAnthropic = path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined;
  return dialects.get(spoken ?? (isAnthropic ? 'anthropic-messages' : 'openai-chat')) as Dialect;
};

const stopping = (): GatewayError =>
  new GatewayError('shutting-down', 'The gateway is stopping; try again in a moment.', {
    retryAfterMs: 1000,
  });
