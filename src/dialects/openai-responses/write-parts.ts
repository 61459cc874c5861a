import type { Block, ChatRequest, MediaSource } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { writeDataUrl } from '../data-url.ts';
import { isOpenAi } from '../openai-parameters.ts';
import { cannotSay } from './cannot-say.ts';
import { dialectName } from './wire.ts';

/** A block as a part of a user's message or of a tool's output. */
export const writePart = (
  block: Block,
  request: ChatRequest,
  warn: (what: string) => void,
): readonly JsonObject[] => {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return [marked(block, request, { type: 'input_text', text: block.text })];
    case 'image': {
      const part = { ...writeImage(block.source, request), detail: block.detail ?? 'auto' };
      return [marked(block, request, { type: 'input_image', ...part })];
    }
    case 'document': {
      const { source, title, context } = block;
      if (source.type === 'text')
        return [marked(block, request, { type: 'input_text', text: documentText(block, source.text) })];
      const part = marked(block, request, { type: 'input_file', ...writeFile(source, title, request) });
      return context
        ? [{ type: 'input_text', text: `About ${title ?? fileName(source)}: ${context}` }, part]
        : [part];
    }
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: block.data, format: block.format } }];
    case 'reasoning':
      warn('reasoning');
      return [];
    case 'vendor':
      if (block.dialect !== dialectName) cannotSay(block.path, `is of the kind "${block.kind.slice(0, 64)}"`);
      return [block.raw as JsonObject];
    default:
      return cannotSay('messages', `has a block of type "${block.type}" in a message of the user`);
  }
};

export const documentText = (block: Block & { type: 'document' }, text: string): string => {
  const head = [`Document: ${block.title ?? 'untitled'}`, ...(block.context ? [block.context] : [])];
  return `${head.join('\n')}\n\n${text}`;
};

/** OpenAI's own callers mark where a cached prefix ends; other vendors' marks mean other lifetimes. */
const marked = (block: Block, request: ChatRequest, part: JsonObject): JsonObject => {
  const cache = 'cache' in block && isOpenAi(request.dialect) ? block.cache : undefined;
  if (cache !== '30m' && cache !== '12h') return part;
  return { ...part, prompt_cache_breakpoint: { mode: 'explicit', ...(cache === '12h' && { ttl: cache }) } };
};

const writeImage = (source: MediaSource, request: ChatRequest): JsonObject => {
  if (source.type === 'url') return { image_url: source.url };
  if (source.type === 'base64') return { image_url: writeDataUrl(source) };
  return { file_id: ownFile(source.fileId, request) };
};

const writeFile = (source: MediaSource, title: string | undefined, request: ChatRequest): JsonObject => {
  if (source.type === 'url') return { file_url: source.url };
  if (source.type === 'base64')
    return { filename: title ?? fileName(source), file_data: writeDataUrl(source) };
  return { file_id: ownFile(source.fileId, request) };
};

const fileName = (source: MediaSource): string =>
  source.type === 'base64' && source.mediaType !== 'application/pdf' ? 'document' : 'document.pdf';

/** File ids are bound to the account; between OpenAI's own dialects that account may be the same. */
const ownFile = (fileId: string, { dialect }: ChatRequest): string =>
  isOpenAi(dialect)
    ? fileId
    : cannotSay('messages', 'has a file id of another account', 'Send the data itself as base64');
