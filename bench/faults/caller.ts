import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** One request of a harness and all that came of it; nothing of it throws. */
export interface Answer {
  /** 0 where the connection broke before an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The answer came to its end as HTTP. */
  readonly isWhole: boolean;
  /** Milliseconds after the request was sent. */
  readonly headersMs: number | undefined;
  readonly firstByteMs: number | undefined;
  readonly totalMs: number;
  /** When each piece came. */
  readonly pieces: readonly { readonly ms: number; readonly text: string }[];
}

export interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hangs up then; nothing more is heard. */
  readonly hangUp?: AbortSignal;
  readonly keepsPieces?: boolean;
}

/** Many callers at once, each on a kept-alive connection of its own. */
export const newAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: Infinity });

const shared = newAgent();

/** Asks and waits for the end, whatever it is. */
export const ask = (
  url: string,
  body: object | string | Buffer | undefined,
  { path = '/v1/chat/completions', method = 'POST', headers = {}, hangUp, keepsPieces = false }: Ask = {},
  agent: Agent = shared,
): Promise<Answer> =>
  new Promise((resolve) => {
    const startedMs = performance.now();
    const sinceStart = (): number => performance.now() - startedMs;
    const bytes =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    let answer: IncomingMessage | undefined;
    let headersMs: number | undefined;
    let firstByteMs: number | undefined;
    let text = '';
    const pieces: { ms: number; text: string }[] = [];
    const end = (isWhole: boolean): void =>
      resolve({
        ...{ status: answer?.statusCode ?? 0, headers: answer?.headers ?? {}, text, isWhole },
        ...{ headersMs, firstByteMs, totalMs: sinceStart(), pieces },
      });
    const sending = request(url + path, {
      method,
      agent,
      headers: {
        'content-type': 'application/json',
        ...(bytes !== undefined && { 'content-length': Buffer.byteLength(bytes) }),
        ...headers,
      },
      ...(hangUp && { signal: hangUp }),
    });
    sending.on('error', () => end(false));
    sending.on('response', (response) => {
      answer = response;
      headersMs = sinceStart();
      response.on('data', (piece: Buffer) => {
        firstByteMs ??= sinceStart();
        text += piece.toString('latin1');
        if (keepsPieces) pieces.push({ ms: sinceStart(), text: piece.toString('latin1') });
      });
      response.on('error', () => undefined);
      response.on('close', () => end(response.complete));
    });
    sending.end(bytes);
  });

/** A Chat request to a model. */
export const chatBody = (model: string, rest: object = {}): object => ({
  model,
  messages: [{ role: 'user', content: 'What is six times seven?' }],
  ...rest,
});

/** A Messages request to a model. */
export const messagesBody = (model: string, rest: object = {}): object => ({
  ...chatBody(model),
  max_tokens: 100,
  ...rest,
});

/** The code of the error a Chat caller was told. */
export const errorCode = ({ text }: Answer): string => {
  try {
    return String((JSON.parse(text) as { error?: { code?: unknown } }).error?.code ?? '');
  } catch {
    return '';
  }
};
