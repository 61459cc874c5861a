import { setTimeout as pause } from 'node:timers/promises';
import type { MockExchange, Script } from './mock-upstream.ts';

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

const frame = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;

const chunk = (choices: readonly object[], rest: object = {}): string =>
  frame({
    id: 'chatcmpl-mock',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'mock',
    choices,
    ...rest,
  });

/** A Chat stream in its pieces, so that a script may leave any of them out. */
export const chat = {
  begin: chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  word: (text: string): string => chunk([{ index: 0, delta: { content: text }, finish_reason: null }]),
  finish: chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  usage: (usage: object): string => chunk([], { usage }),
  done: 'data: [DONE]\n\n',
};

export const usageOf = ({ input, output }: Tokens): object => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

const named = (type: string, rest: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

/** A Messages stream in its pieces. */
export const messages = {
  begin: (input: number): string =>
    named('message_start', {
      message: {
        ...{ id: 'msg_mock', type: 'message', role: 'assistant', model: 'mock', content: [] },
        ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: input, output_tokens: 1 } },
      },
    }) + named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  word: (text: string): string =>
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  end: (output: number): string =>
    named('content_block_stop', { index: 0 }) +
    named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: output },
    }) +
    named('message_stop', {}),
};

export const startStream = ({ response }: MockExchange, headers: Record<string, string> = {}): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
};

/** A whole Chat answer. */
export const chatAnswer = (text: string, tokens: Tokens = { input: 10, output: 5 }): object => ({
  ...{ id: 'chatcmpl-mock', object: 'chat.completion', created: 1, model: 'mock' },
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: usageOf(tokens),
});

export const sendJson =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Script =>
  ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** An error in OpenAI's words. */
export const sendError = (status: number, headers: Record<string, string> = {}, code = 'x'): Script =>
  sendJson({ error: { message: `scripted ${status}`, type: code, code } }, status, headers);

/** Frames one by one, then a proper end. */
export const sendFrames =
  (frames: readonly string[], everyMs = 0): Script =>
  async (exchange) => {
    startStream(exchange);
    for (const text of frames) {
      exchange.response.write(text);
      if (everyMs > 0) await pause(everyMs);
      if (exchange.response.destroyed) return;
    }
    exchange.response.end();
  };

/** A good answer, streamed or not as it was asked for. */
export const answers =
  (words: number, everyMs = 0, firstMs = 0): Script =>
  async (exchange) => {
    const { response, call } = exchange;
    if (firstMs > 0) await pause(firstMs);
    if (call.body.stream !== true) {
      call.generated = words;
      sendJson(chatAnswer('word '.repeat(words), { input: 10, output: words }))(exchange);
      return;
    }
    startStream(exchange);
    response.write(chat.begin);
    for (let word = 0; word < words; word += 1) {
      if (response.destroyed) return;
      response.write(chat.word('word '));
      call.generated += 1;
      if (everyMs > 0) await pause(everyMs);
    }
    const end = chat.finish + chat.usage(usageOf({ input: 10, output: words })) + chat.done;
    response.end(end);
  };

/** Takes the request and says nothing for ever. */
export const silent: Script = () => undefined;

/** Waits until more of an answer is taken, or nobody takes any. */
export const takesMore = ({ response }: MockExchange): (() => Promise<void>) => {
  let wake = (): void => undefined;
  for (const event of ['drain', 'close']) response.on(event, () => wake());
  return () =>
    new Promise((resolve) => {
      wake = resolve;
    });
};
