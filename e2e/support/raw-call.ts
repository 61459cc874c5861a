import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

/** An answer with its trailers, which no SDK and no `fetch` shows. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

export interface RawCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of each piece of the answer as it comes. */
  readonly onChunk?: (chunk: string) => void;
}

/** Posts JSON over a connection of its own. Rejects where the answer breaks off. */
export const postJson = async (
  url: string,
  body: object,
  { headers = {}, onChunk }: RawCall = {},
): Promise<RawAnswer> => {
  const sending = request(url, {
    ...{ method: 'POST', agent: false },
    headers: { 'content-type': 'application/json', ...headers },
  });
  sending.end(JSON.stringify(body));
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) {
    text += String(chunk);
    onChunk?.(String(chunk));
  }
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    trailers: answer.trailers,
    body: text,
  };
};
