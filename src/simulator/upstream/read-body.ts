import type { IncomingMessage } from 'node:http';
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
