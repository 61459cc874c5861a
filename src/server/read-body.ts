import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.ts';

export interface BodyLimits {
  readonly bytes: number;
  readonly ms: number;
}

/**
 * The whole body, held to its limits while it comes in. Rejects with `too-large` at the limit's byte,
 * `request-timeout` where it drips in, `unsupported-encoding` for compressed bodies, `client-gone`
 * where the caller hangs up.
 */
export const readBody = (request: IncomingMessage, limits: BodyLimits): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const refusal = refusalOf(request, limits.bytes);
    if (refusal) {
      reject(refusal);
      return;
    }
    let chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(tooSlow(limits.ms)), limits.ms);
    const fail = (error: GatewayError): void => {
      clearTimeout(timer);
      request.off('data', take);
      chunks = [];
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.bytes) fail(tooLarge(limits.bytes));
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    request.on('error', (cause) => fail(hungUp(cause)));
    request.on('close', () => {
      if (!request.complete) fail(hungUp(undefined));
    });
  });

/**
 * What is left of a refused body is read and thrown away, up to a limit, so that the caller gets to read
 * the answer: a connection closed on bytes that nobody read is a reset to the other side.
 */
export const discardBody = (request: IncomingMessage, limitBytes: number): void => {
  if (request.complete || request.destroyed) return;
  let size = 0;
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limitBytes) request.destroy();
  });
};

const refusalOf = ({ headers }: IncomingMessage, limitBytes: number): GatewayError | undefined => {
  const encoding = headers['content-encoding'];
  if (encoding && encoding !== 'identity')
    return new GatewayError(
      'unsupported-encoding',
      `Send the body without compression; "${encoding.slice(0, 40)}" is not read here.`,
    );
  return Number(headers['content-length'] ?? 0) > limitBytes ? tooLarge(limitBytes) : undefined;
};

const tooLarge = (limitBytes: number): GatewayError =>
  new GatewayError(
    'too-large',
    `The body is over ${limitBytes} bytes, the limit "server.bodyLimit" of this gateway.`,
  );

const tooSlow = (limitMs: number): GatewayError =>
  new GatewayError('request-timeout', `The body did not arrive within ${limitMs / 1000} seconds.`);

const hungUp = (cause: unknown): GatewayError =>
  new GatewayError('client-gone', 'The caller hung up while sending.', { cause });
