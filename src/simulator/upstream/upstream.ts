import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../../kit/world.ts';
import type { AnswerSource } from '../answer-source.ts';
import type { Book } from '../book.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { sendJson } from './answer.ts';
import { Play } from './play.ts';
import type { Refusal } from './refusals.ts';

export interface UpstreamOptions {
  readonly host?: string;
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Listed, and answered with the built-in world's answers. Default: the models of the built-in world. */
  readonly models?: readonly SimulatedModel[];
  /** Whether vendors' models (WIRE 13) answer to their own names, unlisted; default true. */
  readonly playsVendorModels?: boolean;
  /** Default: the built-in world of `seed`. */
  readonly source?: AnswerSource;
  readonly seed?: number;
  /** How many times faster than life (default 25); 0 waits for nothing. */
  readonly speed?: number;
  /** Where the book is also written to, as JSON lines. */
  readonly bookPath?: string;
  /** Credentials that are accepted; default: any, and none. */
  readonly keys?: readonly string[];
  /** Whose a credential is: reasoning, files and stored responses are bound to it. Default: each key its own. */
  readonly organisationOf?: (key: string | undefined) => string;
  /** What shall go wrong with a call, as in a model's name ("429:7"); undefined lets it be. */
  readonly faults?: (call: FaultSubject) => string | undefined;
  /** How many of the newest requests stay readable, whole, by `requests()`; default none. */
  readonly keepRequests?: number;
  readonly world?: World;
}

export interface FaultSubject {
  readonly model: string;
  /** Calls before this one. */
  readonly index: number;
  readonly isStream: boolean;
}

/** A request as it arrived, to the byte. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Upstream {
  /** Without a version path: "http://127.0.0.1:40123". */
  readonly url: string;
  readonly book: Book;
  /** Oldest first. */
  requests(): readonly SeenRequest[];
  /** What a vendor would have refused, oldest first; faults on request are not among it. */
  refusals(): readonly Refusal[];
  close(): Promise<void>;
}

/** A server that plays the vendors, on their four wires. */
export const startUpstream = async (options: UpstreamOptions = {}): Promise<Upstream> => {
  const play = new Play(options);
  const server = createServer((request, response) => {
    play.handle(request, response).catch((cause: unknown) => {
      if (!response.headersSent)
        sendJson(response, { error: { message: String(cause), type: 'server_error' } }, 500, {});
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    book: play.book,
    requests: () => play.seen,
    refusals: () => play.refusals.list(),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      play.book.close();
    },
  };
};
