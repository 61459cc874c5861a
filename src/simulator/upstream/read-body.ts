import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject } from '../../core/json.ts';
import { WireProblem } from './wire.ts';

const mostBytes = 64 * 1024 * 1024;

export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new WireProblem(413, 'Request exceeds the maximum size.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** Throws WireProblem where it is no JSON object. */
export const readJson = (bytes: Buffer): JsonObject => {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new WireProblem(400, 'We could not parse the JSON body of your request.');
  }
  if (!isObject(body)) throw new WireProblem(400, 'The body of a request is a JSON object.');
  return body;
};
