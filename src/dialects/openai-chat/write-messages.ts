import type { Block, ChatRequest, MediaSource, ToolResultBlock, Turn } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { ConversationIds } from '../conversation-ids.ts';
import { writeDataUrl } from '../data-url.ts';
import { shortName } from '../names.ts';

const maxIdLength = 40;

/** How the messages are to be written for one upstream, and where what is lost gets noted. */
export interface MessageStyle {
  readonly systemRole: 'system' | 'developer';
  /** Where the server wants the reasoning behind an answer back. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | undefined;
  readonly warn: (what: string) => void;
}

/** The conversation as Chat messages. Throws `not-translatable` on what Chat cannot say. */
export const writeMessages = (request: ChatRequest, style: MessageStyle): readonly JsonObject[] => {
  const messages: JsonObject[] = [];
  const system = request.system.map((block) => plainText(block, request)).filter((text) => text !== '');
  if (system.length > 0) messages.push({ role: style.systemRole, content: system.join('\n\n') });
  const { turns } = request;
  const ids = new ConversationIds(maxIdLength);
  let order: ReadonlyMap<string, number> = new Map();
  for (let at = 0; at < turns.length; at++) {
    const turn = turns[at] as Turn;
    if (turn.role === 'system') {
      const texts = turn.blocks.map((block) => plainText(block, request));
      messages.push({ role: style.systemRole, content: texts.join('\n\n'), ...nameOf(turn) });
    } else if (turn.role === 'assistant') {
      // neighbours are one turn to Anthropic; here calls have to stand in the message before their results
      let { blocks } = turn;
      let end = at + 1;
      while (turns[end]?.role === 'assistant' && blocks.some(({ type }) => type === 'tool-call'))
        blocks = [...blocks, ...(turns[end++] as Turn).blocks];
      const message = writeAssistant({ ...turn, blocks }, ids, request, style);
      if (message) messages.push(message);
      order = callOrder(blocks);
      at = end - 1;
      refuseUnanswered(blocks, turns, end, request);
    } else {
      // neighbours are one turn to Anthropic, and results may stand in any of them; here they have to come first
      let end = at + 1;
      while (turns[end]?.role === 'user') end += 1;
      writeUsers(turns.slice(at, end), order, ids, request, style, messages);
      at = end - 1;
    }
  }
  return messages.length > 0 ? messages : cannotSay('a conversation without a word', request, 'messages');
};

/** Some vendors let calls run on while the conversation does; here each is answered before anything else is said. */
const refuseUnanswered = (
  blocks: readonly Block[],
  turns: readonly Turn[],
  from: number,
  request: ChatRequest,
): void => {
  const open = new Set(blocks.flatMap((block) => (block.type === 'tool-call' ? [block.id] : [])));
  for (let at = from; open.size > 0 && turns[at]?.role === 'user'; at++)
    for (const block of (turns[at] as Turn).blocks)
      if (block.type === 'tool-result') open.delete(block.callId);
  if (open.size > 0) cannotSay('a tool call without its result directly behind it', request, 'messages');
};

const callOrder = (blocks: readonly Block[]): ReadonlyMap<string, number> =>
  new Map(blocks.flatMap((block, at) => (block.type === 'tool-call' ? [[block.id, at]] : [])));

const nameOf = (turn: Turn): { readonly name?: string } =>
  turn.name === undefined ? {} : { name: turn.name };

const writeUsers = (
  turns: readonly Turn[],
  order: ReadonlyMap<string, number>,
  ids: ConversationIds,
  request: ChatRequest,
  style: MessageStyle,
  messages: JsonObject[],
): void => {
  const results = turns.flatMap((turn) => turn.blocks.filter((block) => block.type === 'tool-result'));
  results.sort((a, b) => (order.get(a.callId) ?? 0) - (order.get(b.callId) ?? 0));
  const media: JsonValue[] = [];
  for (const result of results) messages.push(writeResult(result, ids, request, style, media));
  if (media.length > 0) messages.push({ role: 'user', content: media });
  for (const turn of turns) {
    const blocks = turn.blocks.filter((block) => block.type !== 'tool-result');
    // a turn that held nothing but results is said already
    if (blocks.length === 0 && turn.blocks.length > 0) continue;
    messages.push({ role: 'user', content: writeContent(blocks, request, style), ...nameOf(turn) });
  }
};

/** Chat takes text only as a result: pictures and papers follow in a user message, and the text says so. */
const writeResult = (
  result: ToolResultBlock,
  ids: ConversationIds,
  request: ChatRequest,
  style: MessageStyle,
  media: JsonValue[],
): JsonObject => {
  const id = ids.result(result.callId) ?? cannotSay('a tool result without its call', request, 'messages');
  const texts: string[] = [];
  const attached: JsonValue[] = [];
  for (const block of result.blocks) {
    if (
      block.type === 'image' ||
      block.type === 'audio' ||
      (block.type === 'document' && block.source.type !== 'text')
    )
      attached.push(...writePart(block, request, style));
    else texts.push(plainText(block, request));
  }
  if (attached.length > 0) {
    const count = attached.length === 1 ? '1 attachment' : `${attached.length} attachments`;
    texts.push(`[${count} of this result: in the next user message.]`);
    media.push({ type: 'text', text: `[${count} of the tool result ${id}:]` }, ...attached);
  }
  const text = texts.join('\n');
  return { role: 'tool', tool_call_id: id, content: result.isError ? `Error: ${text}` : text };
};

const writeAssistant = (
  turn: Turn,
  ids: ConversationIds,
  request: ChatRequest,
  style: MessageStyle,
): JsonObject | undefined => {
  let content: string | null = null;
  let refusal: string | null = null;
  let thoughts = '';
  let last: Block['type'] | undefined;
  const calls: JsonValue[] = [];
  const own: Record<string, JsonValue> = {};
  for (const block of turn.blocks) {
    switch (block.type) {
      case 'text':
        // texts side by side are pieces of one (Anthropic cuts them at citations)
        content = content === null ? block.text : `${content}${last === 'text' ? '' : '\n'}${block.text}`;
        break;
      case 'refusal':
        refusal = (refusal ?? '') + block.text;
        break;
      case 'reasoning':
        if (style.reasoningField && block.text) thoughts += block.text;
        else style.warn('reasoning');
        break;
      case 'tool-call':
        calls.push(
          block.kind === 'custom'
            ? {
                id: ids.call(block.id),
                type: 'custom',
                custom: { name: shortName(block.name), input: block.argumentsText },
              }
            : {
                id: ids.call(block.id),
                type: 'function',
                function: { name: shortName(block.name), arguments: block.argumentsText || '{}' },
              },
        );
        break;
      case 'vendor':
        refuseForeign(block, request);
        if (block.kind === 'audio') own.audio = block.raw;
        else if (block.path.includes('.tool_calls.')) calls.push(block.raw);
        else cannotSay('a part in an assistant message', request, block.path);
        break;
      default:
        cannotSay(`${names[block.type]} in an assistant message`, request);
    }
    last = block.type;
  }
  if (content === null && refusal === null && calls.length === 0 && own.audio === undefined) return undefined;
  return {
    role: 'assistant',
    content,
    ...(refusal !== null && { refusal }),
    ...(style.reasoningField && thoughts && { [style.reasoningField]: thoughts }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...own,
    ...nameOf(turn),
  };
};

const writeContent = (blocks: readonly Block[], request: ChatRequest, style: MessageStyle): JsonValue => {
  const [first] = blocks;
  if (!first) return '';
  if (blocks.length === 1 && first.type === 'text') return first.text;
  return blocks.flatMap((block) => writePart(block, request, style));
};

const writePart = (block: Block, request: ChatRequest, style: MessageStyle): readonly JsonValue[] => {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text }];
    case 'image': {
      const url = addressOf(block.source, 'a picture by file id', request);
      return [
        {
          type: 'image_url',
          image_url: { url, ...(block.detail !== undefined && { detail: block.detail }) },
        },
      ];
    }
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: block.data, format: block.format } }];
    case 'document': {
      const { source, title, context } = block;
      if (source.type === 'text') return [{ type: 'text', text: documentText(block, source.text) }];
      const file: JsonObject =
        source.type === 'file' && isOpenAi(request)
          ? { file_id: source.fileId }
          : source.type === 'base64'
            ? { file_data: writeDataUrl(source) }
            : cannotSay(
                source.type === 'url' ? 'a document by its address' : 'a document by file id',
                request,
              );
      const filename = source.type === 'file' ? title : (title ?? fileName(source));
      const part: JsonObject = {
        type: 'file',
        file: { ...(filename !== undefined && { filename }), ...file },
      };
      return context
        ? [{ type: 'text', text: `About ${title ?? fileName(source)}: ${context}` }, part]
        : [part];
    }
    case 'vendor':
      refuseForeign(block, request);
      return [block.raw];
    case 'reasoning':
      style.warn('reasoning');
      return [];
    case 'refusal':
      return [{ type: 'text', text: block.text }];
    default:
      return cannotSay(`${names[block.type]} in a user message`, request);
  }
};

const fileName = (source: MediaSource): string =>
  source.type === 'base64' && source.mediaType !== 'application/pdf' ? 'document' : 'document.pdf';

const addressOf = (source: MediaSource, what: string, request: ChatRequest): string => {
  if (source.type === 'url') return source.url;
  return source.type === 'base64' ? writeDataUrl(source) : cannotSay(what, request);
};

const documentText = (block: Block & { type: 'document' }, text: string): string => {
  const head = [`Document: ${block.title ?? 'untitled'}`, ...(block.context ? [block.context] : [])];
  return `${head.join('\n')}\n\n${text}`;
};

/** A block where Chat takes text only. */
const plainText = (block: Block, request: ChatRequest): string => {
  if (block.type === 'text' || block.type === 'refusal') return block.text;
  if (block.type === 'document' && block.source.type === 'text')
    return documentText(block, block.source.text);
  if (block.type === 'vendor') return cannotSay(`a part of type "${block.kind}"`, request, block.path);
  return cannotSay(`${names[block.type]} in instructions or tool results`, request);
};

const refuseForeign = (block: Block & { type: 'vendor' }, request: ChatRequest): void => {
  if (block.dialect !== 'openai-chat') cannotSay(`a part of type "${block.kind}"`, request, block.path);
};

/** File ids are bound to the account; between OpenAI's own dialects that account may be the same. */
const isOpenAi = (request: ChatRequest): boolean =>
  request.dialect === 'openai-chat' || request.dialect === 'openai-responses';

/** Refuses what a Chat upstream cannot be told. */
export const cannotSay = (what: string, request: ChatRequest, param?: string): never => {
  throw new GatewayError(
    'not-translatable',
    `The model chosen for "${request.model}" speaks OpenAI Chat, which has no way to carry ${what}${param && !what.includes(param) ? ` (\`${param}\`)` : ''}. Leave it out, or ask for a model of the dialect you write in.`,
    param === undefined ? {} : { param },
  );
};

const names: Readonly<Record<Block['type'], string>> = {
  text: 'text',
  image: 'a picture',
  document: 'a document',
  audio: 'sound',
  'tool-call': 'a tool call',
  'tool-result': 'a tool result',
  reasoning: 'reasoning',
  refusal: 'a refusal',
  vendor: 'a part',
};
