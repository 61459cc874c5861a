import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Dispatcher, Pool } from 'undici';

/**
 * The yardstick: what Node itself costs. It reads a request, sends it on and sends the answer back,
 * as fast as we know how to: no key, no parsing, no record, no header that it could leave alone.
 */
const serve = (origin: string): void => {
  const pool = new Pool(origin, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const server = createServer((request, response) => {
    let first: Buffer | undefined;
    let rest: Buffer[] | undefined;
    request.on('data', (chunk: Buffer) => {
      if (!first) first = chunk;
      else if (rest) rest.push(chunk);
      else rest = [first, chunk];
    });
    request.on('end', () => {
      pool.dispatch(
        {
          path: request.url ?? '/',
          method: request.method as Dispatcher.HttpMethod,
          headers: passedOn(request),
          body: rest ? Buffer.concat(rest) : (first ?? null),
        },
        new Relay(response),
      );
    });
  });
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
};

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'host',
  'content-length',
  'expect',
]);

const passedOn = ({ headers }: IncomingMessage): Record<string, string | string[]> => {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !hopByHop.has(name)) kept[name] = value;
  }
  return kept;
};

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #controller: Dispatcher.DispatchController | undefined;
  #rest = -1;
  #whole: Buffer | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', () => {
      if (!response.writableFinished) this.#controller?.abort(new Error('the caller hung up'));
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) controller.abort(new Error('the caller hung up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    delete headers.connection;
    delete headers['keep-alive'];
    delete headers['transfer-encoding'];
    if (typeof headers['content-length'] === 'string') this.#rest = Number(headers['content-length']);
    this.#response.writeHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // a body that came in one piece leaves in one write, together with its headers
    if (this.#rest === chunk.length) {
      this.#whole = chunk;
      return;
    }
    if (!this.#response.write(chunk)) {
      controller.pause();
      this.#response.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(): void {
    this.#response.end(this.#whole);
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(502).end();
  }
}

serve(process.argv[2] ?? '');
process.on('disconnect', () => process.exit());
