import type { Pool } from 'undici';
import { requestOf } from './undici.ts';

/** A token is asked for while a caller waits. */
const longestMs = 10_000;
const mostBytes = 64 * 1024;

/** Posts a form to where its pool leads, follows nothing, and reads no more than a token may have. */
export const postForm = async (
  pool: Pool,
  address: URL,
  form: string,
): Promise<{ readonly status: number; readonly body: string }> => {
  const { statusCode, body } = await requestOf.call(pool, {
    path: address.pathname + address.search,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form,
    signal: AbortSignal.timeout(longestMs),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > mostBytes) throw new Error('the answer is too long');
    chunks.push(chunk as Buffer);
  }
  return { status: statusCode, body: Buffer.concat(chunks).toString() };
};
