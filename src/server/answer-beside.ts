import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Arrival } from '../gateway/gateway.ts';
import { parseBody } from '../gateway/json-body.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { bodyOf, stopping } from './body-of.ts';
import { answerExchange } from './exchange-routes.ts';
import type { HttpOutlet } from './http-outlet.ts';
import { listModels, listShapeOf, oneModel } from './list-models.ts';
import type { Wanted } from './paths.ts';
import { readTags } from './received.ts';
import type { Door } from './server.ts';

export interface Beside {
  readonly request: IncomingMessage;
  readonly receivedAt: number;
  readonly query: string;
  readonly snapshot: Snapshot;
  readonly outlet: HttpOutlet;
  readonly door: Door;
}

/** Answers what is asked for beside chat: lists, counts, what is passed through. Throws GatewayError. */
export const answerBeside = async (
  wanted: Exclude<Wanted, { type: 'chat' }>,
  arrival: Arrival,
  beside: Beside,
): Promise<void> => {
  const { request, snapshot, outlet, door } = beside;
  const headers = request.headers as Headers;
  switch (wanted.type) {
    case 'models':
    case 'model': {
      const query = new URLSearchParams(beside.query);
      const caller = snapshot.keys.callerOf(arrival.credentials);
      const shape = listShapeOf(wanted.isGemini, headers, query);
      if (wanted.type === 'model') {
        send(outlet, oneModel(wanted.name, snapshot, caller, shape), arrival);
        return;
      }
      const { body, etag } = listModels(snapshot, caller, shape, query);
      if (etag !== undefined && headers['if-none-match'] === etag) {
        outlet.start(304, { etag, ...idsOf(arrival) });
        outlet.end();
      } else send(outlet, body, arrival, etag === undefined ? {} : { etag });
      return;
    }
    case 'count-tokens': {
      const bytes = await bodyOf(request, outlet, door.parts.bodyLimitBytes());
      if (door.isStopping) throw stopping();
      const parsed = parseBody(bytes);
      const { model } = wanted;
      const counted = await door.parts.surfaces.count({
        ...{ parsed, headers, snapshot, dialect: arrival.dialect, credentials: arrival.credentials },
        ...(model !== undefined && { model }),
      });
      if (counted.type === 'told') sendBytes(outlet, counted.body, arrival, {});
      else send(outlet, counted.body, arrival, { 'x-tierwise-estimated': 'true' });
      return;
    }
    case 'exchange':
      send(outlet, await answerExchange(wanted, arrival, beside), arrival);
      return;
    case 'stored': {
      const { id, operation } = wanted;
      await door.parts.surfaces.stored({ id, operation, query: beside.query, snapshot, arrival }, outlet);
      return;
    }
    case 'surface': {
      const { surface, model } = wanted;
      const { uploadLimitBytes, bodyLimitBytes } = door.parts;
      const limitBytes = surface.modelIn === 'none' ? uploadLimitBytes() : bodyLimitBytes();
      if (surface.method === 'POST' && Number(headers['content-length'] ?? 0) > limitBytes)
        throw new GatewayError(
          'too-large',
          `The body is over ${limitBytes} bytes, the limit of this gateway for this path.`,
        );
      // a body without a model's name goes on while it comes in
      const isStreamed = surface.method === 'POST' && surface.modelIn === 'none';
      const isHeld = surface.method === 'POST' && !isStreamed;
      const body = isHeld ? await bodyOf(request, outlet, limitBytes) : undefined;
      if (isStreamed && headers.expect !== undefined) outlet.response.writeContinue();
      if (door.isStopping) throw stopping();
      await door.parts.surfaces.answer(
        {
          ...{ surface, headers, snapshot, arrival, limitBytes, receivedAt: beside.receivedAt },
          ...{ query: beside.query, body: isStreamed ? request : body, tags: readTags(headers) },
          ...(model !== undefined && { model }),
        },
        outlet,
      );
      return;
    }
    default:
      send(outlet, { status: 'ok', service: 'tierwise', ...policyOf(door) }, arrival);
  }
};

const policyOf = ({ parts }: Door): { readonly policy?: string } => {
  const policy = parts.policy();
  return policy === undefined ? {} : { policy };
};

const idsOf = ({ requestId }: Arrival): Record<string, string> => ({
  'request-id': requestId,
  'x-request-id': requestId,
});

const send = (
  outlet: HttpOutlet,
  body: unknown,
  arrival: Arrival,
  headers: Readonly<Record<string, string>> = {},
): void => sendBytes(outlet, Buffer.from(JSON.stringify(body)), arrival, headers);

const sendBytes = (
  outlet: HttpOutlet,
  body: Buffer,
  arrival: Arrival,
  headers: Readonly<Record<string, string>>,
): void => {
  outlet.start(200, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...idsOf(arrival),
    ...headers,
  });
  outlet.end(body);
};
