import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../core/errors.ts';

/** Headers that carry a key, and `host`: of each there may be one. */
const single = new Set(['host', 'api-key', 'x-api-key', 'authorization', 'x-goog-api-key', 'x-tierwise-key']);
const lengths = new Set([...single].map((name) => name.length));

/** What two readers could understand in two ways is answered to neither (SCENARIOS D8). Throws GatewayError. */
export const refuseAmbiguity = ({ rawHeaders, httpVersion, headers }: IncomingMessage): void => {
  let seen: Map<string, string> | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const raw = rawHeaders[at] as string;
    if (!lengths.has(raw.length)) continue;
    const name = raw.toLowerCase();
    if (!single.has(name)) continue;
    const value = rawHeaders[at + 1] as string;
    seen ??= new Map();
    const first = seen.get(name);
    if (first === undefined) seen.set(name, value);
    else if (name === 'host') throw new GatewayError('invalid-request', 'The request has two Host headers.');
    else if (first !== value)
      throw new GatewayError('invalid-key', `Two different keys were sent in "${name}"; send one.`);
    else headers[name] = value;
  }
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new GatewayError('invalid-request', 'The request has no Host header.');
  const encoding = headers['transfer-encoding'];
  if (encoding === undefined) return;
  if (httpVersion === '1.0')
    throw new GatewayError('invalid-request', 'HTTP/1.0 knows no transfer encodings.');
  if (encoding.toLowerCase() !== 'chunked')
    throw new GatewayError('invalid-request', 'The only transfer encoding that is read here is "chunked".');
};
