import type { Block, MediaSource, OpaqueReasoning } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { exactText } from '../../kit/exact-json.ts';
import {
  kindOf,
  optionalBoolean,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { isSealed, openSealed, returnToCalls } from '../sealed-reasoning.ts';
import { dialectName } from './wire.ts';

type Role = 'user' | 'assistant' | 'system';

/** A string or a list of blocks. What is unknown stays raw; only what no upstream would take is refused. */
export const readContent = (
  content: JsonValue | undefined,
  role: Role,
  path: () => string,
): readonly Block[] => {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content))
    return refuse(path, `has to be a string or a list of blocks; it is ${kindOf(content)}.`);
  const blocks: Block[] = [];
  let hasSeals = false;
  for (let index = 0; index < content.length; index++) {
    const block = readBlock(content[index], role, () => `${path()}.${index}`);
    hasSeals ||= block.type === 'reasoning' && block.opaque?.kind === 'thought-signature';
    blocks.push(block);
  }
  return hasSeals ? returnToCalls(blocks) : blocks;
};

const readBlock = (value: JsonValue | undefined, role: Role, path: () => string): Block => {
  const raw = requiredObject(value, path);
  const type = raw.type;
  switch (type) {
    case 'text':
      return cached(raw, path, { type, text: textOf(raw.text, () => `${path()}.text`) });
    case 'tool_use':
      if (role !== 'assistant') misplaced(type, role, 'an assistant message', path);
      return cached(raw, path, {
        type: 'tool-call',
        id: requiredString(raw.id, () => `${path()}.id`),
        name: requiredString(raw.name, () => `${path()}.name`),
        argumentsText: exactText(requiredObject(raw.input, () => `${path()}.input`)),
        kind: 'function',
      });
    case 'tool_result':
      if (role !== 'user') misplaced(type, role, 'a user message', path);
      return cached(raw, path, {
        type: 'tool-result',
        callId: requiredString(raw.tool_use_id, () => `${path()}.tool_use_id`),
        blocks:
          raw.content === undefined || raw.content === null
            ? []
            : readContent(raw.content, 'user', () => `${path()}.content`),
        isError: optionalBoolean(raw.is_error, () => `${path()}.is_error`) ?? false,
      });
    case 'thinking': {
      if (role !== 'assistant') misplaced(type, role, 'an assistant message', path);
      const text = textOf(raw.thinking, () => `${path()}.thinking`);
      const signature = optionalString(raw.signature, () => `${path()}.signature`);
      const opaque = readSignature(signature);
      return opaque ? { type: 'reasoning', text, opaque } : { type: 'reasoning', text };
    }
    case 'redacted_thinking': {
      if (role !== 'assistant') misplaced(type, role, 'an assistant message', path);
      const data = requiredString(raw.data, () => `${path()}.data`);
      return { type: 'reasoning', text: '', opaque: { vendor: 'anthropic', kind: 'redacted', data } };
    }
    case 'image': {
      const source = readSource(raw.source, () => `${path()}.source`);
      return cached(raw, path, source ? { type, source } : vendor(type, path, raw));
    }
    case 'document':
      return cached(raw, path, readDocument(raw, path));
    default:
      return cached(
        raw,
        path,
        vendor(
          requiredString(type, () => `${path()}.type`),
          path,
          raw,
        ),
      );
  }
};

/** Anthropic's own, or what another vendor's was sealed in. */
const readSignature = (signature: string | undefined): OpaqueReasoning | undefined => {
  if (!signature) return undefined;
  return isSealed(signature)
    ? openSealed(signature)
    : { vendor: 'anthropic', kind: 'signature', data: signature };
};

const misplaced = (type: string, role: Role, home: string, path: () => string): never =>
  refuse(path, `is a "${type}" block in a message of role "${role}"; it belongs in ${home}.`);

const textOf = (value: JsonValue | undefined, path: () => string): string =>
  typeof value === 'string' ? value : refuse(path, `has to be a string; it is ${kindOf(value)}.`);

/** Undefined for kinds of source that were thought of after this was written. */
const readSource = (value: JsonValue | undefined, path: () => string): MediaSource | undefined => {
  const source = requiredObject(value, path);
  switch (source.type) {
    case 'base64':
      return {
        type: 'base64',
        mediaType: requiredString(source.media_type, () => `${path()}.media_type`),
        data: requiredString(source.data, () => `${path()}.data`),
      };
    case 'url':
      return { type: 'url', url: requiredString(source.url, () => `${path()}.url`) };
    case 'file':
      return { type: 'file', fileId: requiredString(source.file_id, () => `${path()}.file_id`) };
    default:
      requiredString(source.type, () => `${path()}.type`);
      return undefined;
  }
};

const readDocument = (raw: JsonObject, path: () => string): CacheableBlock => {
  const sourcePath = () => `${path()}.source`;
  const rawSource = requiredObject(raw.source, sourcePath);
  const text = readTextSource(rawSource, sourcePath);
  const source = text === undefined ? readSource(rawSource, sourcePath) : ({ type: 'text', text } as const);
  if (!source) return vendor('document', path, raw);
  const title = optionalString(raw.title, () => `${path()}.title`);
  const context = optionalString(raw.context, () => `${path()}.context`);
  return { type: 'document', source, ...(title && { title }), ...(context && { context }) };
};

/** Plain text, or blocks that are nothing but text. */
const readTextSource = (source: JsonObject, path: () => string): string | undefined => {
  if (source.type === 'text') return textOf(source.data, () => `${path()}.data`);
  if (source.type !== 'content') return undefined;
  const blocks = readContent(source.content, 'user', () => `${path()}.content`);
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return texts.length === blocks.length ? texts.join('\n') : undefined;
};

type CacheableBlock = Exclude<Block, { type: 'reasoning' | 'refusal' }>;

const cached = (raw: JsonObject, path: () => string, block: CacheableBlock): Block => {
  const cache = readCacheControl(raw, path);
  return cache ? { ...block, cache } : block;
};

/** The mark that ends a cached prefix. What else it says (a scope …) is between caller and upstream. */
export const readCacheControl = (raw: JsonObject, path: () => string): '5m' | '1h' | undefined => {
  if (raw.cache_control === undefined || raw.cache_control === null) return undefined;
  const control = optionalObject(raw.cache_control, () => `${path()}.cache_control`);
  const ttl = control?.ttl ?? '5m';
  if (ttl === '5m' || ttl === '1h') return ttl;
  return refuse(() => `${path()}.cache_control.ttl`, 'has to be "5m" or "1h".');
};

const vendor = (kind: string, path: () => string, raw: JsonObject): CacheableBlock => ({
  type: 'vendor',
  dialect: dialectName,
  kind,
  path: path(),
  raw,
});

/** Paths of the documents that the answer is asked to cite: what another dialect will not do. */
export const citedDocuments = (messages: readonly JsonValue[]): readonly string[] => {
  const paths: string[] = [];
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at];
    if (!isObject(message) || !Array.isArray(message.content)) continue;
    for (let index = 0; index < message.content.length; index++) {
      const block: JsonValue | undefined = message.content[index];
      if (
        isObject(block) &&
        block.type === 'document' &&
        isObject(block.citations) &&
        block.citations.enabled === true
      )
        paths.push(`messages.${at}.content.${index}.citations`);
    }
  }
  return paths;
};
