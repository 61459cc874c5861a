import { createServer, request as send } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface Recorded {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the answer. */
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Recorder {
  readonly url: string;
  /** Answered requests, in the order in which they were answered. */
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

/** Stands before a server and keeps every request byte for byte as it goes by. */
export const startRecorder = async (origin: string): Promise<Recorder> => {
  const requests: Recorded[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const outgoing = send(
        new URL(incoming.url ?? '/', origin),
        { method: incoming.method, headers: incoming.headers, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
          answer.on('close', () => {
            requests.push({
              method: incoming.method ?? '',
              url: incoming.url ?? '',
              headers: Object.fromEntries(
                Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
              ),
              body,
              status: answer.statusCode ?? 0,
              answerHeaders: answer.headers,
            });
          });
        },
      );
      outgoing.on('error', () => response.destroy());
      response.on('close', () => outgoing.destroy());
      outgoing.end(body);
    });
  });
  const { url, close } = await listenOnLoopback(server);
  return { url, requests, close };
};
