import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.ts';

/**
 * The whole body, held to a limit while it comes in. Rejects with `too-large` at the limit's byte,
 * `unsupported-encoding` for compressed bodies, `client-gone` where the caller hangs up. What is left of
 * a refused body is read and thrown away (as much again), so that the caller gets to read the answer.
 */
export const readBody = (request: IncomingMessage, limitBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const encoding = request.headers['content-encoding'];
    if (encoding && encoding !== 'identity') {
      reject(
        new GatewayError(
          'unsupported-encoding',
          `Send the body without compression; "${encoding.slice(0, 40)}" is not read here.`,
        ),
      );
      return;
    }
    const tooLarge = () =>
      new GatewayError(
        'too-large',
        `The body is over ${limitBytes} bytes, the limit "server.bodyLimit" of this gateway.`,
      );
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      reject(tooLarge());
      return;
    }
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        chunks = [];
        reject(tooLarge());
        if (size > 2 * limitBytes) request.destroy();
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
    );
    request.on('error', (cause) =>
      reject(new GatewayError('client-gone', 'The caller hung up while sending.', { cause })),
    );
    request.on('close', () => {
      if (!request.complete) reject(new GatewayError('client-gone', 'The caller hung up while sending.'));
    });
  });
