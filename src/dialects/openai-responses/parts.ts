import type { Block, MediaSource } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { readDataUrl } from '../data-url.ts';
import { kindOf, optionalString, type Path, refuse, requiredObject, requiredString } from '../fields.ts';
import { dialectName } from './wire.ts';

/** What a message or a tool's output says: a string, or parts. */
export const readContent = (content: JsonValue | undefined, path: () => string): readonly Block[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content))
    return refuse(path, `has to be a string or a list of parts; it is ${kindOf(content)}.`);
  return content.map((part: JsonValue, index) => readPart(part, () => `${path()}.${index}`));
};

const readPart = (value: JsonValue, path: () => string): Block => {
  const part = requiredObject(value, path);
  const type = requiredString(part.type, () => `${path()}.type`);
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text': {
      const { text } = part;
      if (typeof text !== 'string')
        return refuse(() => `${path()}.text`, `has to be a string; it is ${kindOf(text)}.`);
      return cached(part, { type: 'text', text });
    }
    case 'refusal':
      return { type, text: requiredString(part.refusal, () => `${path()}.refusal`) };
    case 'input_image': {
      const detail = optionalString(part.detail, () => `${path()}.detail`);
      const source = readImage(part, path);
      return cached(part, { type: 'image', source, ...(detail !== undefined && { detail }) });
    }
    case 'input_file': {
      const title = optionalString(part.filename, () => `${path()}.filename`);
      return cached(part, { type: 'document', source: readFile(part, path), ...(title && { title }) });
    }
    case 'input_audio': {
      const audio = requiredObject(part.input_audio, () => `${path()}.input_audio`);
      return {
        type: 'audio',
        format: requiredString(audio.format, () => `${path()}.input_audio.format`),
        data: requiredString(audio.data, () => `${path()}.input_audio.data`),
      };
    }
    default:
      return { type: 'vendor', dialect: dialectName, kind: type, path: path(), raw: part };
  }
};

const readImage = (part: JsonObject, path: () => string): MediaSource => {
  const url = optionalString(part.image_url, () => `${path()}.image_url`);
  if (url) return readDataUrl(url);
  const fileId = optionalString(part.file_id, () => `${path()}.file_id`);
  return fileId ? { type: 'file', fileId } : refuse(path, 'needs `image_url` or `file_id`.');
};

const readFile = (part: JsonObject, path: Path): MediaSource => {
  const at = (field: string) => () => `${typeof path === 'string' ? path : path()}.${field}`;
  const data = optionalString(part.file_data, at('file_data'));
  if (data) {
    const source = readDataUrl(data);
    return source.type === 'base64' ? source : { type: 'base64', mediaType: 'application/pdf', data };
  }
  const url = optionalString(part.file_url, at('file_url'));
  if (url) return { type: 'url', url };
  const fileId = optionalString(part.file_id, at('file_id'));
  return fileId ? { type: 'file', fileId } : refuse(path, 'needs `file_data`, `file_url` or `file_id`.');
};

type CacheableBlock = Extract<Block, { type: 'text' | 'image' | 'document' }>;

/** A breakpoint of the prompt cache; without a lifetime it is the short one. */
const cached = (part: JsonObject, block: CacheableBlock): Block => {
  const mark = part.prompt_cache_breakpoint;
  return isObject(mark) ? { ...block, cache: mark.ttl === '12h' ? '12h' : '30m' } : block;
};
