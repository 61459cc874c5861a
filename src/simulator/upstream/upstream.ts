import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject } from '../../core/json.ts';
import { realWorld, type World } from '../../kit/world.ts';
import type { AnswerSource } from '../answer-source.ts';
import { Book, noTokens } from '../book.ts';
import { hashOf } from '../chance.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { createTaskWorld } from '../world/task-world.ts';
import { worldModels } from '../world-models.ts';
import { answer, failEarly, hungUp, sendJson } from './answer.ts';
import { anthropicWire } from './anthropic/index.ts';
import { keyFingerprint } from './credentials.ts';
import { readFault, splitName } from './faults.ts';
import { listModels } from './list-models.ts';
import { openaiWire } from './openai/index.ts';
import { PromptCache } from './prompt-cache.ts';
import { readBody, readJson } from './read-body.ts';
import { speak } from './speak.ts';
import { type Account, callsPerMinute, tokensPerMinute, type UpstreamWire, WireProblem } from './wire.ts';

export interface UpstreamOptions {
  readonly host?: string;
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** Default: the six models of the built-in world. */
  readonly models?: readonly SimulatedModel[];
  /** Default: the built-in world of `seed`. */
  readonly source?: AnswerSource;
  readonly seed?: number;
  /** How many times faster than life (default 25); 0 waits for nothing. */
  readonly speed?: number;
  /** Where the book is also written to, as JSON lines. */
  readonly bookPath?: string;
  /** Credentials that are accepted; default: any, and none. */
  readonly keys?: readonly string[];
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
  close(): Promise<void>;
}

/** A server that plays the vendors, on both wires. */
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
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      play.book.close();
    },
  };
};

const wires: readonly UpstreamWire[] = [openaiWire, anthropicWire];

class Play {
  readonly book: Book;
  readonly seen: SeenRequest[] = [];
  #options: UpstreamOptions;
  #world: World;
  #models: readonly SimulatedModel[];
  #source: AnswerSource;
  #cache = new PromptCache();
  #calls = 0;
  #born: number;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#world = options.world ?? realWorld;
    this.#models = options.models ?? worldModels;
    this.#source = options.source ?? createTaskWorld({ seed: options.seed ?? 1 });
    this.#born = this.#world.now();
    this.book = new Book(options.bookPath === undefined ? {} : { path: options.bookPath });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const wire = wires.find((each) => path === each.path || path === `${each.path}/count_tokens`);
    if (!wire) return this.#look(path, request, response);
    const requestId = `req_${this.#unique('request')}`;
    if (request.method !== 'POST')
      return this.#refuse(
        wire,
        response,
        requestId,
        new WireProblem(405, `Only POST is allowed at ${path}.`),
      );
    const isCounted = path.endsWith('/count_tokens');
    await this.#call(wire, { request, response, requestId, isCounted }).catch((cause: unknown) => {
      if (!(cause instanceof WireProblem) || response.headersSent) throw cause;
      this.#refuse(wire, response, requestId, cause);
    });
  }

  async #call(wire: UpstreamWire, { request, response, requestId, isCounted }: Handling): Promise<void> {
    const arrived = this.#world.monotonicMs();
    const receivedAt = this.#world.now();
    const bytes = await readBody(request);
    this.#remember({ path: request.url ?? '', headers: request.headers, body: bytes });
    const key = wire.keyOf(request.headers);
    if (this.#options.keys && !(key !== undefined && this.#options.keys.includes(key)))
      throw new WireProblem(
        401,
        key === undefined ? 'No API key was provided.' : 'The API key is not valid.',
      );
    const body = readJson(bytes);
    if (typeof body.model !== 'string')
      throw new WireProblem(400, 'model: Field required', { param: 'model' });
    const [name, suffix] = this.#find(wire, body.model) ? [body.model, undefined] : splitName(body.model);
    const model = this.#find(wire, name);
    if (!model)
      throw new WireProblem(404, `The model '${name}' does not exist or you do not have access to it.`, {
        param: 'model',
      });
    if (isCounted) {
      const { thinking } = body;
      const budget =
        isObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens : 0;
      const ask = wire.read({ ...body, max_tokens: budget + 1 }, request.headers, model);
      const count = ask.segments.reduce((sum, { tokens }) => sum + tokens, 0);
      return sendJson(
        response,
        { input_tokens: count },
        200,
        wire.headers(requestId, this.#account(arrived)),
      );
    }

    const index = this.#calls++;
    const isStream = body.stream === true;
    const header = request.headers['x-sim-fault'];
    const faultText =
      suffix ??
      (typeof header === 'string' ? header : this.#options.faults?.({ model: name, index, isStream }));
    const fault = faultText === undefined ? undefined : readFault(faultText);
    const id = wire.newId(this.#unique('call'));
    const exchange = request.headers['x-tierwise-exchange'];
    this.book.open({
      id,
      exchange: typeof exchange === 'string' ? exchange : null,
      wire: wire.name,
      model: name,
      key: keyFingerprint(key),
      isStream,
      receivedAt,
      fault: faultText ?? null,
    });
    let socketClosedAt: number | null = null;
    response.on('close', () => {
      if (!response.writableFinished) socketClosedAt = this.#world.now();
    });
    const headers = (): Record<string, string> => wire.headers(requestId, this.#account(arrived));
    const close = (end: Pick<Parameters<Book['end']>[1], 'outcome' | 'status' | 'tokens' | 'task'>): void =>
      this.book.end(id, { ...end, endedAt: this.#world.now(), socketClosedAt }, model.prices);
    const refused = (status: number | null): void =>
      close({ outcome: 'refused', status, tokens: noTokens, task: null });

    const failed = await failEarly(fault, { wire, response, headers: headers(), requestId });
    if (failed) return refused(failed.status);
    let ask: ReturnType<UpstreamWire['read']>;
    try {
      ask = wire.read(body, request.headers, model);
    } catch (cause) {
      refused(cause instanceof WireProblem ? cause.status : 500);
      throw cause;
    }
    const speech = speak(ask, {
      model,
      source: this.#source,
      refuses: fault?.name === 'refusal',
      newCallId: (call) => `${wire.name === 'openai-chat' ? 'call_' : 'toolu_'}${this.#unique('tool', call)}`,
    });
    const cached = this.#cache.read(model, keyFingerprint(key), ask.segments, receivedAt);
    const answering = answer({
      wire,
      model,
      response,
      headers: headers(),
      speed: this.#options.speed ?? 25,
      fault,
      onBegin: () => cached.remember(),
      call: {
        id,
        requestId,
        model: name,
        createdSec: Math.floor(receivedAt / 1000),
        ask,
        speech,
        promptTokens: cached.tokens,
        tellsUsage: fault?.name !== 'no-usage',
      },
    });
    const outcome = await answering.ended;
    // a silent model goes on holding the line; the book waits for the caller to hang up
    if (outcome === 'cut' && !response.writableEnded) await hungUp(response);
    if (outcome === 'refused') refused(200);
    else close({ outcome, status: 200, tokens: answering.tokens(), task: speech.task });
  }

  /** Everything that is not a call to a model. */
  #look(path: string, request: IncomingMessage, response: ServerResponse): void {
    const { status, body } = this.#page(path, request);
    sendJson(response, body, status, { 'x-request-id': `req_${this.#unique('request')}` });
  }

  #page(path: string, request: IncomingMessage): { readonly status: number; readonly body: object } {
    const totals = () => ({ totals: this.book.totals(), byModel: this.book.totalsByModel() });
    if (path === '/')
      return { status: 200, body: { service: 'simulated upstream', models: this.#models.length } };
    if (path === '/book') return { status: 200, body: { ...totals(), entries: this.book.entries() } };
    if (path === '/book/totals') return { status: 200, body: totals() };
    const message = `Invalid URL (${request.method} ${path})`;
    return (
      listModels(path, request.headers, this.#models) ?? {
        status: 404,
        body: { error: { message, type: 'invalid_request_error', param: null, code: null } },
      }
    );
  }

  #refuse(wire: UpstreamWire, response: ServerResponse, requestId: string, problem: WireProblem): void {
    const headers = {
      ...wire.headers(requestId, this.#account(this.#world.monotonicMs())),
      ...problem.headers,
    };
    sendJson(response, wire.writeError(problem, requestId), problem.status, headers);
  }

  #find({ name: wire }: UpstreamWire, name: string): SimulatedModel | undefined {
    return this.#models.find((each) => each.name === name && each.wire === wire);
  }

  #account(arrived: number): Account {
    const { calls, tokens } = this.book.totals();
    return {
      callsLeft: Math.max(0, callsPerMinute - (calls % callsPerMinute)),
      tokensLeft: Math.max(0, tokensPerMinute - tokens.uncached - tokens.visible),
      now: this.#world.now(),
      elapsedMs: this.#world.monotonicMs() - arrived,
    };
  }

  /** Ids look like the vendors' and never come twice, not even after a restart. */
  #unique(...words: readonly (string | number)[]): string {
    this.#ids += 1;
    const text = hashOf(this.#born, process.pid, ...words, this.#ids)
      .toString(36)
      .padStart(11, '0');
    return `sim${text}${this.#ids.toString(36).padStart(6, '0')}`;
  }
  #ids = 0;

  #remember(request: SeenRequest): void {
    const keeps = this.#options.keepRequests ?? 0;
    if (keeps === 0) return;
    this.seen.push(request);
    if (this.seen.length > keeps) this.seen.shift();
  }
}

interface Handling {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly isCounted: boolean;
}
