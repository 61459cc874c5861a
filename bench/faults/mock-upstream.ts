import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/core/json.ts';

/** What an upstream knows of one call: what it would charge for it, and when its connection went. */
export interface MockCall {
  readonly model: string;
  /** The credential it came with. */
  readonly key: string;
  readonly body: JsonObject;
  readonly bytes: Buffer;
  /** The path and query it came to. */
  readonly path: string;
  /** Milliseconds on the monotonic clock of the harness. */
  readonly atMs: number;
  /** Words generated so far, a token each. */
  generated: number;
  /** When the connection closed before the answer was complete. */
  closedMs: number | undefined;
  endedMs: number | undefined;
}

export interface MockExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly call: MockCall;
}

/** Answers the calls to one model by hand. */
export type Script = (exchange: MockExchange) => void | Promise<void>;

export interface MockUpstream {
  readonly port: number;
  /** "http://127.0.0.1:PORT/v1" */
  readonly url: string;
  readonly calls: readonly MockCall[];
  /** Changes or adds what answers a model. */
  script(model: string, script: Script): void;
  /** Forgets the calls so far. */
  forget(): void;
  close(): Promise<void>;
}

/** A model server on loopback: the model's name says which script answers. */
export const startMockUpstream = async (first: Readonly<Record<string, Script>>): Promise<MockUpstream> => {
  const scripts = new Map(Object.entries(first));
  let calls: MockCall[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const atMs = performance.now();
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = bodyOf(bytes);
      const path = request.url ?? '';
      const call: MockCall = {
        // gemini's stands in the path
        model: String(body.model ?? /\/models\/([^:]+):/.exec(path)?.[1]),
        key: keyOf(request),
        ...{ body, bytes, path, atMs, generated: 0, closedMs: undefined, endedMs: undefined },
      };
      calls.push(call);
      response.on('finish', () => {
        call.endedMs = performance.now();
      });
      response.on('close', () => {
        if (!response.writableFinished) call.closedMs = performance.now();
      });
      const script = scripts.get(call.model);
      if (!script) response.writeHead(404).end();
      else
        Promise.resolve(script({ request, response, call })).catch(() => {
          response.destroy();
        });
    });
  });
  const port = await listen(server);
  return {
    port,
    url: `http://127.0.0.1:${port}/v1`,
    get calls() {
      return calls;
    },
    script: (model, script) => void scripts.set(model, script),
    forget: () => {
      calls = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const mostParsed = 64 * 1024;

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });

const bodyOf = (bytes: Buffer): JsonObject => {
  // whoever measures long prompts measures the gateway, not this
  if (bytes.length > mostParsed)
    return { model: /"model":"([^"]*)"/.exec(bytes.toString('latin1', 0, 200))?.[1] ?? '' };
  try {
    return JSON.parse(bytes.toString()) as JsonObject;
  } catch {
    return {};
  }
};

const keyOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? '').replace(
    /^Bearer /,
    '',
  );
