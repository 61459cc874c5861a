import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.ts';
import type { HttpOutlet } from './http-outlet.ts';
import { readBody } from './read-body.ts';

/** A minute for a body: the largest there may be takes 4 Mbit a second. */
const bodyMs = 60_000;

/** The body, asked for where the caller waits to be. */
export const bodyOf = (
  request: IncomingMessage,
  { response }: HttpOutlet,
  limitBytes: number,
): Promise<Buffer> => {
  const body = readBody(request, { bytes: limitBytes, ms: bodyMs });
  const isRefused = Number(request.headers['content-length'] ?? 0) > limitBytes;
  if (request.headers.expect !== undefined && !isRefused) response.writeContinue();
  return body;
};

export const stopping = (): GatewayError =>
  new GatewayError('shutting-down', 'The gateway is stopping; try again in a moment.', {
    retryAfterMs: 1000,
  });
