import { createServer, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { pacedGapMs, replyKinds, replyMark, streamEvents } from './workloads.ts';

/**
 * The model behind every contestant: a raw socket server that only looks for the end of a request and
 * for the kind of reply it wants, and writes replies made beforehand. Resolves to its port.
 */
export const startBenchUpstream = (): Promise<{ readonly port: number; close(): void }> => {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    serve(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port was given'));
      resolve({
        port: address.port,
        close: () => {
          server.close();
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
};

const serve = (socket: Socket): void => {
  let held: Buffer | undefined;
  socket.on('data', (chunk) => {
    let bytes = held ? Buffer.concat([held, chunk]) : chunk;
    held = undefined;
    while (bytes.length > 0) {
      const end = requestEnd(bytes);
      if (end === undefined) {
        held = bytes;
        return;
      }
      answer(socket, bytes.subarray(0, end));
      bytes = bytes.subarray(end);
    }
  });
};

const headEnd = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** Offset behind a whole request, or undefined where more has to come. */
const requestEnd = (bytes: Buffer): number | undefined => {
  const head = bytes.indexOf(headEnd);
  if (head < 0) return undefined;
  const text = bytes.toString('latin1', 0, head);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  if (length) {
    const end = head + 4 + Number(length[1]);
    return end <= bytes.length ? end : undefined;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(text)) return head + 4;
  const last = bytes.indexOf(lastChunk, head + 4);
  return last < 0 ? undefined : last + lastChunk.length;
};

const marks = replyKinds.map((kind) => ({ kind, mark: Buffer.from(replyMark(kind)) }));

const answer = (socket: Socket, request: Buffer): void => {
  const kind = marks.find(({ mark }) => request.includes(mark))?.kind;
  if (kind === 'json') socket.write(jsonReply);
  else if (kind === 'stream') socket.write(wholeStream);
  else if (kind === 'paced') pace(socket);
  else socket.write(notFound);
};

const pace = (socket: Socket): void => {
  let next = 1;
  socket.write(streamParts[0] as Buffer);
  const timer = setInterval(() => {
    const part = streamParts[next++];
    if (part && !socket.destroyed) socket.write(part);
    if (next >= streamParts.length || socket.destroyed) clearInterval(timer);
  }, pacedGapMs);
};

const text =
  'Your parcel is late by more than five working days, so we send the book again at our cost. You need not do anything for it. ';

export const jsonBody = JSON.stringify({
  id: 'chatcmpl-bench0000000000000000000001',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'bench-model-2026-11-01',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: text.repeat(4).trim(), refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 412,
    completion_tokens: 96,
    total_tokens: 508,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_bench',
});

const jsonReply = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(jsonBody)}\r\nx-request-id: req_bench\r\n\r\n${jsonBody}`,
);

const notFound = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');

const event = (choices: readonly object[], usage: object | null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench0000000000000000000002',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'bench-model-2026-11-01',
    choices,
    usage,
  })}\n\n`;

const delta = (content: object, reason: string | null): string =>
  event([{ index: 0, delta: content, logprobs: null, finish_reason: reason }], null);

const words = text.split(/(?= )/);

/** Role, words, the end, usage: `streamEvents` events, and the closing mark. */
export const events: readonly string[] = [
  delta({ role: 'assistant', content: '' }, null),
  ...Array.from({ length: streamEvents - 3 }, (_, at) => delta({ content: words[at % words.length] }, null)),
  delta({}, 'stop'),
  event([], {
    prompt_tokens: 412,
    completion_tokens: streamEvents - 3,
    total_tokens: 412 + streamEvents - 3,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  }),
];

const asChunk = (part: string): string => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`;

/** What each write of a paced stream holds; the last event takes the closing mark and the last chunk along. */
const streamParts: readonly Buffer[] = events.map((part, at) =>
  Buffer.from(
    (at === 0
      ? 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\nx-request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n'
      : '') +
      asChunk(part) +
      (at === events.length - 1 ? `${asChunk('data: [DONE]\n\n')}0\r\n\r\n` : ''),
  ),
);

const wholeStream = Buffer.concat(streamParts);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { port } = await startBenchUpstream();
  process.send?.({ port });
  process.on('disconnect', () => process.exit());
}
