import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake upstream saw of one call. */
export interface SeenCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Milliseconds after the call came in at which its socket closed before the answer was complete. */
  closedEarlyAfterMs: number | null;
}

/** Answers one call by hand. */
export type Script = (response: ServerResponse, call: SeenCall) => void;

export interface FakeUpstream {
  /** "http://127.0.0.1:PORT/v1" */
  readonly url: string;
  readonly seen: readonly SeenCall[];
  /** Each call takes the next script; the last one stays. */
  script(...scripts: readonly Script[]): void;
  close(): Promise<void>;
}

/** A server on loopback that answers as told. */
export const fakeUpstream = async (...first: readonly Script[]): Promise<FakeUpstream> => {
  let scripts = [...first];
  const seen: SeenCall[] = [];
  const server = createServer((request, response) => {
    const cameAt = performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: SeenCall = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        closedEarlyAfterMs: null,
      };
      seen.push(call);
      response.on('close', () => {
        if (!response.writableFinished) call.closedEarlyAfterMs = performance.now() - cameAt;
      });
      const script = scripts.length > 1 ? scripts.shift() : scripts[0];
      if (script) script(response, call);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    script: (...next) => {
      scripts = [...next];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const sendJson =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** Frames as they are, one write each; `isCut` breaks the connection instead of ending it. */
export const sendFrames =
  (frames: readonly string[], { isCut = false }: { readonly isCut?: boolean } = {}): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of frames) response.write(frame);
    // a moment, so that the frames are out before the connection breaks
    if (isCut) setTimeout(() => response.destroy(), 20);
    else response.end();
  };

const chunk = (choices: unknown, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-up', object: 'chat.completion.chunk', created: 1, model: 'up', choices, ...rest })}\n\n`;

/** The frames of a Chat stream with usage. */
export const chatFrames = (
  texts: readonly string[],
  usage: { readonly input: number; readonly output: number },
): readonly string[] => [
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  ...texts.map((text) => chunk([{ index: 0, delta: { content: text }, finish_reason: null }])),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], {
    usage: {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    },
  }),
  'data: [DONE]\n\n',
];

/** A whole Chat answer. */
export const chatAnswer = (text: string, usage = { input: 10, output: 5 }) => ({
  id: 'chatcmpl-up',
  object: 'chat.completion',
  created: 1,
  model: 'up',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
  },
});

/** A whole Messages answer. */
export const messagesAnswer = (text: string, usage = { input: 10, output: 5 }) => ({
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  model: 'up',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: usage.input, output_tokens: usage.output },
});

const event = (type: string, rest: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

/** The frames of a Messages stream. */
export const messagesFrames = (
  texts: readonly string[],
  usage: { readonly input: number; readonly output: number },
): readonly string[] => [
  event('message_start', {
    message: {
      ...messagesAnswer(''),
      content: [],
      stop_reason: null,
      usage: { input_tokens: usage.input, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...texts.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: usage.output },
  }),
  event('message_stop', {}),
];
