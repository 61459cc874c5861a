import { createServer, type ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface AnthropicUpstream {
  /** Without the version path, as the vendor's own SDK has it. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The least of an Anthropic Messages server that an agent can finish a turn with. It reads a file once
 * where it is told "Read the file PATH", and then says the first line of what the tool gave it.
 */
export const startAnthropicUpstream = async (): Promise<AnthropicUpstream> => {
  let answers = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      if (request.method !== 'POST') return response.writeHead(path === '/' ? 200 : 404).end();
      if (path === '/v1/messages/count_tokens') return sendJson(response, { input_tokens: 1234 });
      if (path !== '/v1/messages') return response.writeHead(404).end();
      const body = JSON.parse(Buffer.concat(chunks).toString()) as MessagesBody;
      const message = {
        ...answerTo(body),
        id: `msg_e2e${++answers}`,
        type: 'message',
        role: 'assistant',
        model: body.model,
      };
      if (body.stream) sendStream(response, message);
      else sendJson(response, { ...message, stop_sequence: null, usage });
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, close };
};

interface MessagesBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly WireBlock[] }[];
}

interface WireBlock {
  readonly type: string;
  readonly text?: string;
  readonly content?: string | readonly WireBlock[];
}

type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object };

interface Told {
  readonly content: readonly [Content];
  readonly stop_reason: 'end_turn' | 'tool_use';
}

const answerTo = ({ messages }: MessagesBody): Told => {
  const blocks = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  );
  const result = blocks.find(({ type }) => type === 'tool_result');
  if (result) {
    const text = typeof result.content === 'string' ? result.content : (result.content?.[0]?.text ?? '');
    return {
      content: [{ type: 'text', text: `The file says: ${text.split('\n')[0]}` }],
      stop_reason: 'end_turn',
    };
  }
  const path = blocks.map(({ text }) => /Read the file (\S+)/.exec(text ?? '')?.[1]).find(Boolean);
  if (path === undefined)
    return { content: [{ type: 'text', text: 'Hello from upstream.' }], stop_reason: 'end_turn' };
  return {
    content: [{ type: 'tool_use', id: 'toolu_e2e1', name: 'Read', input: { file_path: path } }],
    stop_reason: 'tool_use',
  };
};

const usage = {
  input_tokens: 1200,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 800,
  output_tokens: 9,
};

const sendJson = (response: ServerResponse, body: object): void => {
  response
    .writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_e2e' })
    .end(JSON.stringify(body));
};

const sendStream = (response: ServerResponse, message: Told & object): void => {
  const {
    content: [block],
    stop_reason,
    ...head
  } = message;
  const events = [
    {
      type: 'message_start',
      message: {
        ...head,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    {
      type: 'content_block_start',
      index: 0,
      content_block: block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} },
    },
    { type: 'ping' },
    {
      type: 'content_block_delta',
      index: 0,
      delta:
        block.type === 'text'
          ? { type: 'text_delta', text: block.text }
          : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_e2e' });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
};
