import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BookTokens } from '../book.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { drip, generated, write } from './delivery.ts';
import { amountOf, type Fault } from './faults.ts';
import { type Call, type Piece, type UpstreamWire, WireProblem } from './wire.ts';

/** An answer on its way: what is generated so far, and how it ended. */
export interface Answering {
  readonly tokens: () => BookTokens;
  /** Resolves when the model has said everything, or was cut off. */
  readonly ended: Promise<'complete' | 'cut' | 'refused'>;
}

export interface AnswerParts {
  readonly wire: UpstreamWire;
  readonly model: SimulatedModel;
  readonly call: Call;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly speed: number;
  readonly fault: Fault | undefined;
  /** The answer begins: from now on its prompt can be read from the cache. */
  readonly onBegin: () => void;
}

export const answer = (parts: AnswerParts): Answering => {
  const { call } = parts;
  const counted = { visible: 0, reasoning: 0 };
  const count = ({ kind }: Piece, tokens: number): void => {
    counted[kind === 'hidden' || kind === 'thinking' ? 'reasoning' : 'visible'] += tokens;
  };
  const tokens = (): BookTokens => ({ ...call.promptTokens, ...counted });
  return { tokens, ended: (call.ask.isStream ? stream : whole)({ ...parts, count, tokens }) };
};

type Ending = 'complete' | 'cut' | 'refused';

interface Telling extends AnswerParts {
  readonly count: (piece: Piece, tokens: number) => void;
  readonly tokens: () => BookTokens;
}

const upset = (): WireProblem => new WireProblem(529, 'Overloaded', { type: 'overloaded_error' });

const whole = async (telling: Telling): Promise<Ending> => {
  const { wire, call, response, headers, fault } = telling;
  telling.onBegin();
  if (wire.background && call.ask.isBackground) return unattended(telling, wire.background);
  for await (const _ of generated(call.speech.pieces, paceOf(telling)));
  if (response.destroyed) return 'cut';
  if (fault?.name === 'silence') return 'cut';
  const text = JSON.stringify(
    fault?.name === 'error-in-200' || fault?.name === 'error-first'
      ? wire.writeError(upset(), call.requestId)
      : wire.writeReply(call, call.speech, telling.tokens()),
  );
  const body = Buffer.from(fault?.name === 'broken-json' ? text.slice(0, -20) : text);
  response.writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': body.length });
  switch (fault?.name) {
    case 'truncate':
    case 'error-after':
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
      return 'cut';
    case 'reset':
      response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
      return 'cut';
    case 'drip':
      await drip(response, body, amountOf(fault, 1));
      break;
    default:
      response.write(body);
  }
  if (response.destroyed) return 'cut';
  response.end();
  return fault?.name === 'error-in-200' || fault?.name === 'error-first' ? 'refused' : 'complete';
};

/** Says at once that it has begun, and goes on when nobody listens any more. */
const unattended = async (
  telling: Telling,
  background: NonNullable<UpstreamWire['background']>,
): Promise<Ending> => {
  const { wire, call, response, headers } = telling;
  sendJson(response, background.writeQueued(call), 200, headers);
  const isGone = (): boolean => background.isCancelled(call.id);
  for await (const _ of generated(call.speech.pieces, { ...paceOf(telling), isGone }));
  if (isGone()) return 'cut';
  wire.writeReply(call, call.speech, telling.tokens());
  return 'complete';
};

const stream = async (telling: Telling): Promise<Ending> => {
  const { wire, call, response, headers, fault } = telling;
  const frames = wire.writeStream(call);
  response.writeHead(200, {
    ...headers,
    'content-type': frames.contentType ?? 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    connection: 'keep-alive',
  });
  response.flushHeaders();
  if (fault?.name === 'error-first' || fault?.name === 'error-in-200') {
    response.end(frames.error(upset()));
    return 'refused';
  }
  const breaksOff =
    fault && ['truncate', 'reset', 'silence', 'error-after', 'broken-json'].includes(fault.name);
  const limit = breaksOff ? amountOf(fault, fault.name === 'silence' ? 0 : 5) : Number.POSITIVE_INFINITY;
  const pieces = call.speech.pieces.slice(0, limit);
  const hand = async (text: string): Promise<void> =>
    fault?.name === 'drip' ? drip(response, Buffer.from(text), amountOf(fault, 1)) : write(response, text);
  let isBegun = false;
  const begin = (): string => {
    if (isBegun) return '';
    isBegun = true;
    telling.onBegin();
    return frames.start();
  };
  for await (const group of generated(pieces, paceOf(telling))) {
    let text = begin();
    for (const piece of group) text += frames.piece(piece);
    await hand(text);
  }
  if (response.destroyed) return 'cut';
  // silence from the very start: not even the frame that opens the stream
  if (!(breaksOff && fault.name === 'silence')) await hand(begin());
  if (breaksOff) return breakOff(telling, frames.error(upset()));
  await hand(frames.end(telling.tokens()));
  if (response.destroyed) return 'cut';
  response.end();
  return 'complete';
};

const breakOff = ({ response, fault }: Telling, error: string): Ending => {
  switch (fault?.name) {
    case 'silence':
      return 'cut';
    case 'reset':
      // what was written has to leave first, or the reset swallows it
      response.write('', () => setTimeout(() => response.socket?.resetAndDestroy(), 5));
      return 'cut';
    case 'error-after':
      response.end(error);
      return 'cut';
    case 'broken-json':
      response.end('data: {"id":"chatcmpl-broken","choices":[{"delta"\n\n');
      return 'cut';
    default:
      response.end();
      return 'cut';
  }
};

const paceOf = ({ model, speed, call, response, count }: Telling): Parameters<typeof generated>[1] => ({
  pace: model.pace,
  speed,
  choices: call.ask.choices,
  isGone: () => response.destroyed,
  onTokens: count,
});

/** Faults that need no model to have spoken: with what status the call was dealt with; undefined where it goes on. */
export const failEarly = async (
  fault: Fault | undefined,
  {
    wire,
    response,
    headers,
    requestId,
  }: {
    readonly wire: UpstreamWire;
    readonly response: ServerResponse;
    readonly headers: Readonly<Record<string, string>>;
    readonly requestId: string;
  },
): Promise<{ readonly status: number | null } | undefined> => {
  switch (fault?.name) {
    case 'status': {
      const retryAfter = fault.detail ?? (fault.status === 429 ? '1' : undefined);
      const pause: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      const problem = new WireProblem(fault.status, messageOf(fault.status), { headers: pause });
      sendJson(
        response,
        wire.writeError(problem, requestId),
        wire.statusOf?.(problem) ?? fault.status,
        wire.tellsPauseInBody ? headers : { ...headers, ...pause },
      );
      return { status: fault.status };
    }
    case 'no-answer':
      await hungUp(response);
      return { status: null };
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body><h1>Bad gateway</h1></body></html>');
      return { status: 200 };
    case 'slow': {
      const waiting = new AbortController();
      await Promise.race([sleep(amountOf(fault, 1000), undefined, waiting), hungUp(response)]).finally(() =>
        waiting.abort(),
      );
      return undefined;
    }
    default:
      return undefined;
  }
};

/** Resolves when the caller has closed the connection. */
export const hungUp = async (response: ServerResponse): Promise<void> => {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => response.once('close', () => resolve()));
};

export const sendJson = (
  response: ServerResponse,
  body: object,
  status: number,
  headers: Readonly<Record<string, string>>,
): void => {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const messageOf = (status: number): string =>
  ({
    401: 'Incorrect API key provided.',
    402: 'Your credit balance is too low.',
    403: 'You are not allowed to use this.',
    404: 'The model does not exist or you do not have access to it.',
    408: 'Request timed out.',
    413: 'Request exceeds the maximum size.',
    429: 'Rate limit reached for requests.',
    503: 'The server is overloaded.',
    504: 'The request took too long.',
    529: 'Overloaded',
  })[status] ??
  (status < 500 ? 'The request was refused.' : 'The server had an error while processing your request.');
