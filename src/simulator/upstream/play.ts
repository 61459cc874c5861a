import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../core/json.ts';
import { realWorld, type World } from '../../kit/world.ts';
import type { AnswerSource } from '../answer-source.ts';
import { Book, noTokens } from '../book.ts';
import { hashOf } from '../chance.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { createTaskWorld } from '../world/task-world.ts';
import { allWorldModels } from '../world-models.ts';
import { answer, failEarly, hungUp, sendJson } from './answer.ts';
import { anthropicWire } from './anthropic/index.ts';
import { keyFingerprint } from './credentials.ts';
import { type Fault, faultIn, readFault, splitName } from './faults.ts';
import { createGeminiWire } from './gemini/index.ts';
import { listModels } from './list-models.ts';
import { openaiWire } from './openai/index.ts';
import { PromptCache } from './prompt-cache.ts';
import { readBody, readJson } from './read-body.ts';
import { Refusals } from './refusals.ts';
import { createResponsesWire } from './responses/index.ts';
import { speak } from './speak.ts';
import { createSurfaces, type Surface } from './surfaces/index.ts';
import type { SeenRequest, UpstreamOptions } from './upstream.ts';
import { vendorModel } from './vendors/index.ts';
import {
  type Account,
  type Ask,
  type Asked,
  callsPerMinute,
  type Route,
  tokensPerMinute,
  type UpstreamWire,
  WireProblem,
} from './wire.ts';

/** Everything behind the address of a simulated upstream: its wires, its book and its memory. */
export class Play {
  readonly book: Book;
  readonly seen: SeenRequest[] = [];
  readonly refusals = new Refusals();
  readonly #options: UpstreamOptions;
  readonly #world: World;
  readonly #models: readonly SimulatedModel[];
  readonly #source: AnswerSource;
  readonly #cache = new PromptCache();
  readonly #wires: readonly UpstreamWire[];
  readonly #surfaces: readonly Surface[];
  readonly #born: number;
  #calls = 0;
  #ids = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#world = options.world ?? realWorld;
    this.#models = options.models ?? allWorldModels;
    this.#source = options.source ?? createTaskWorld({ seed: options.seed ?? 1 });
    this.#born = this.#world.now();
    this.book = new Book(options.bookPath === undefined ? {} : { path: options.bookPath });
    const unique = (...words: readonly string[]) => this.#unique(...words);
    this.#wires = [openaiWire, createResponsesWire({ unique }), anthropicWire, createGeminiWire({ unique })];
    this.#surfaces = createSurfaces({ unique, now: () => this.#world.now() });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
    const visit: Visit = {
      request,
      response,
      path,
      query: new URLSearchParams(search),
      method: request.method ?? 'GET',
      requestId: `req_${this.#unique('request')}`,
      arrivedMs: this.#world.monotonicMs(),
      model: undefined,
    };
    const place = this.#placeOf(visit);
    try {
      if (place) await this.#call(visit, place);
      else await this.#look(visit);
    } catch (cause) {
      if (!(cause instanceof WireProblem) || response.headersSent) throw cause;
      this.#refuse(visit, place?.wire ?? wireFor(path, this.#wires), cause);
    }
  }

  #placeOf({ path, query }: Visit): Place | undefined {
    for (const wire of this.#wires) {
      const route = wire.route(path, query);
      if (route) return { wire, route };
    }
    return undefined;
  }

  async #call(visit: Visit, { wire, route }: Place): Promise<void> {
    const { request, response, requestId, path } = visit;
    if (visit.method !== 'POST') throw new WireProblem(405, `Only POST is allowed at ${path}.`);
    const receivedAt = this.#world.now();
    const bytes = await readBody(request);
    this.#remember({ path: request.url ?? '', headers: request.headers, body: bytes });
    const key = wire.keyOf(request.headers, visit.query);
    this.#admit(key);
    const body = readJson(bytes);
    const { model, name, suffix } = this.#modelOf(visit, wire, route.model ?? body.model);
    const asked: Asked = { headers: request.headers, model, organisation: this.#organisationOf(key), route };
    if (route.type === 'count')
      return sendJson(
        response,
        wire.writeCount(wire.readCount(body, asked)),
        200,
        this.#headers(visit, wire),
      );

    const index = this.#calls++;
    const isStream = route.isStream ?? body.stream === true;
    const header = request.headers['x-sim-fault'];
    const faultText =
      suffix ??
      (typeof header === 'string' ? header : this.#options.faults?.({ model: name, index, isStream }));
    let fault = faultText === undefined ? undefined : readFault(faultText);
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
    const close = (end: Pick<Parameters<Book['end']>[1], 'outcome' | 'status' | 'tokens' | 'task'>): void =>
      this.book.end(id, { ...end, endedAt: this.#world.now(), socketClosedAt }, model.prices);
    const refused = (status: number | null): void =>
      close({ outcome: 'refused', status, tokens: noTokens, task: null });
    const fail = (what: Fault | undefined) =>
      failEarly(what, { wire, response, headers: this.#headers(visit, wire), requestId });

    const failed = await fail(fault);
    if (failed) return refused(failed.status);
    let ask: Ask;
    try {
      ask = wire.read(body, asked);
      const said = fault ? undefined : faultIn(ask.userText);
      fault ??= said === undefined ? undefined : readFault(said);
    } catch (cause) {
      refused(cause instanceof WireProblem ? cause.status : 500);
      throw cause;
    }
    const failedLate = faultText === undefined ? await fail(fault) : undefined;
    if (failedLate) return refused(failedLate.status);
    const speech = speak(ask, {
      model,
      source: this.#source,
      fault,
      newCallId: (call) => wire.newCallId(this.#unique('tool', String(call))),
    });
    const cached = this.#cache.read(model, asked.organisation, ask.segments, receivedAt);
    const answering = answer({
      wire,
      model,
      response,
      headers: this.#headers(visit, wire),
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

  #modelOf(
    visit: Visit,
    wire: UpstreamWire,
    asked: unknown,
  ): { readonly model: SimulatedModel; readonly name: string; readonly suffix: string | undefined } {
    if (typeof asked !== 'string') throw new WireProblem(400, 'model: Field required', { param: 'model' });
    visit.model = asked;
    const [name, suffix] = this.#find(wire, asked) ? [asked, undefined] : splitName(asked);
    const model = this.#find(wire, name);
    if (model) return { model, name, suffix };
    const isElsewhere = this.#wires.some((other) => this.#find(other, name));
    throw new WireProblem(
      404,
      isElsewhere
        ? `The model '${name}' is not supported at ${visit.method} ${visit.path}.`
        : `The model '${name}' does not exist or you do not have access to it.`,
      { param: 'model' },
    );
  }

  /** Everything that is not a call to a chat model. */
  async #look(visit: Visit): Promise<void> {
    const { request, response, method, path, query } = visit;
    const surface = this.#surfaces.find((each) => each.matches(method, path));
    const wire = surface?.wire ?? wireFor(path, this.#wires);
    const key = wire.keyOf(request.headers, query);
    const headers = this.#headers(visit, wire);
    const organisation = this.#organisationOf(key);
    if (surface) {
      const bytes = await readBody(request);
      this.#remember({ path: request.url ?? '', headers: request.headers, body: bytes });
      this.#admit(key);
      const told = surface.answer({ method, path, headers: request.headers, bytes, organisation });
      if (told.charge) this.#charge(visit, wire, key, told.charge);
      if (!('bytes' in told)) return sendJson(response, told.body, 200, headers);
      response.writeHead(200, { ...headers, 'content-type': told.contentType }).end(told.bytes);
      return;
    }
    for (const each of this.#wires) {
      const found = each.look?.({ method, path, query, organisation });
      if (!found) continue;
      this.#admit(key);
      return sendJson(response, found, 200, headers);
    }
    sendJson(response, this.#page(visit), 200, headers);
  }

  #page({ path, request, query, method }: Visit): JsonObject | object {
    const totals = () => ({ totals: this.book.totals(), byModel: this.book.totalsByModel() });
    if (path === '/') return { service: 'simulated upstream', models: this.#models.length };
    if (path === '/book') return { ...totals(), entries: this.book.entries() };
    if (path === '/book/totals') return totals();
    if (path === '/refusals') return { refusals: this.refusals.list() };
    const listed = listModels({ path, query, headers: request.headers }, this.#models);
    if (listed) return listed;
    throw new WireProblem(404, `Invalid URL (${method} ${path})`, {
      type: 'invalid_request_error',
      code: 'unknown_url',
    });
  }

  #charge(
    { request }: Visit,
    wire: UpstreamWire,
    key: string | undefined,
    { model, tokens, prices }: NonNullable<ReturnType<Surface['answer']>['charge']>,
  ): void {
    const id = `call_${this.#unique('surface')}`;
    const exchange = request.headers['x-tierwise-exchange'];
    const now = this.#world.now();
    this.book.open({
      id,
      exchange: typeof exchange === 'string' ? exchange : null,
      wire: wire.name,
      model,
      key: keyFingerprint(key),
      isStream: false,
      receivedAt: now,
      fault: null,
    });
    const whole = { ...noTokens, ...tokens };
    this.book.end(
      id,
      { outcome: 'complete', status: 200, tokens: whole, endedAt: now, socketClosedAt: null, task: null },
      prices,
    );
  }

  #admit(key: string | undefined): void {
    if (!this.#options.keys || (key !== undefined && this.#options.keys.includes(key))) return;
    throw new WireProblem(401, key === undefined ? 'No API key was provided.' : 'The API key is not valid.');
  }

  #organisationOf(key: string | undefined): string {
    return (this.#options.organisationOf ?? keyFingerprint)(key);
  }

  #refuse(visit: Visit, wire: UpstreamWire, problem: WireProblem): void {
    const { method, path, response, requestId, model } = visit;
    this.refusals.add({ method, path, wire: wire.name, model }, problem);
    const headers = { ...this.#headers(visit, wire), ...problem.headers };
    sendJson(
      response,
      wire.writeError(problem, requestId),
      wire.statusOf?.(problem) ?? problem.status,
      headers,
    );
  }

  #headers({ requestId, arrivedMs }: Visit, wire: UpstreamWire): Record<string, string> {
    return wire.headers(requestId, this.#account(arrivedMs));
  }

  #find({ name: wire }: UpstreamWire, name: string): SimulatedModel | undefined {
    const isServed = (each: SimulatedModel): boolean =>
      each.wire === wire || (each.alsoOn?.includes(wire) ?? false);
    const own = this.#models.find((each) => each.name === name && isServed(each));
    if (own || this.#options.playsVendorModels === false) return own;
    const vendors = vendorModel(name);
    return vendors && isServed(vendors) ? vendors : undefined;
  }

  #account(arrivedMs: number): Account {
    const { calls, tokens } = this.book.totals();
    return {
      callsLeft: Math.max(0, callsPerMinute - (calls % callsPerMinute)),
      tokensLeft: Math.max(0, tokensPerMinute - tokens.uncached - tokens.visible),
      now: this.#world.now(),
      elapsedMs: this.#world.monotonicMs() - arrivedMs,
    };
  }

  /** Ids look like the vendors' and never come twice, not even after a restart. */
  #unique(...words: readonly string[]): string {
    this.#ids += 1;
    const text = hashOf(this.#born, process.pid, ...words, this.#ids)
      .toString(36)
      .padStart(11, '0');
    return `sim${text}${this.#ids.toString(36).padStart(6, '0')}`;
  }

  #remember(request: SeenRequest): void {
    const keeps = this.#options.keepRequests ?? 0;
    if (keeps === 0) return;
    this.seen.push(request);
    if (this.seen.length > keeps) this.seen.shift();
  }
}

/** Whose manners an error has at a path that is no call. */
const wireFor = (path: string, wires: readonly UpstreamWire[]): UpstreamWire => {
  const name = path.startsWith('/v1beta/') || path.includes(':') ? 'gemini' : 'openai-chat';
  return wires.find((wire) => wire.name === name) as UpstreamWire;
};

interface Place {
  readonly wire: UpstreamWire;
  readonly route: Route;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly requestId: string;
  readonly arrivedMs: number;
  /** As the caller named it, once that is known. */
  model: string | undefined;
}
