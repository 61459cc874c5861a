import type { Block, MediaSource, Turn } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { readDataUrl } from '../data-url.ts';
import {
  kindOf,
  optionalArray,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { madeUpCallId, textOrUndefined } from './wire.ts';

/**
 * The conversation a Chat body tells: leading instructions apart, tool messages as user turns that hold
 * results (neighbours in one turn). Refuses roles, parts and tool results that are out of place.
 */
export const readMessages = (
  messages: readonly JsonValue[],
): { readonly system: readonly Block[]; readonly turns: readonly Turn[] } => {
  const system: Block[] = [];
  const turns: Turn[] = [];
  /** Calls of the assistant message at `askedAt` that no tool message has answered yet, and how often each id was given. */
  let open: Map<string, number> = new Map();
  let askedAt = 0;
  let results: Block[] | undefined;

  for (let at = 0; at < messages.length; at++) {
    const message = requiredObject(messages[at], () => `messages.${at}`);
    const { role } = message;
    if (role === 'tool' || role === 'function') {
      const result =
        role === 'tool' ? readToolMessage(message, at, open) : readFunctionMessage(message, at, open);
      if (results) results.push(result);
      else {
        results = [result];
        turns.push({ role: 'user', blocks: results });
      }
      continue;
    }
    if (open.size > 0) refuseUnanswered(open, askedAt);
    results = undefined;
    switch (role) {
      case 'user':
        turns.push(named(message, at, { role, blocks: readContent(message.content, at) }));
        break;
      case 'assistant': {
        const blocks = readAssistant(message, at);
        open = openCalls(blocks);
        askedAt = at;
        turns.push(named(message, at, { role, blocks }));
        break;
      }
      case 'system':
      case 'developer': {
        const blocks = readContent(message.content, at);
        if (turns.length === 0) system.push(...blocks);
        else turns.push(named(message, at, { role: 'system', blocks }));
        break;
      }
      default:
        refuse(
          `messages.${at}.role`,
          `has to be "system", "developer", "user", "assistant" or "tool"; it is ${typeof role === 'string' && role ? JSON.stringify(role.slice(0, 32)) : kindOf(role)}.`,
        );
    }
  }
  if (open.size > 0) refuseUnanswered(open, askedAt);
  return { system, turns };
};

const named = (message: JsonObject, at: number, turn: Turn): Turn => {
  const name = optionalString(message.name, () => `messages.${at}.name`);
  return name === undefined || name === '' ? turn : { ...turn, name };
};

const openCalls = (blocks: readonly Block[]): Map<string, number> => {
  const open = new Map<string, number>();
  for (const block of blocks) for (const id of callId(block)) open.set(id, (open.get(id) ?? 0) + 1);
  return open;
};

/** False where no such call is open. */
const answer = (open: Map<string, number>, id: string): boolean => {
  const times = open.get(id);
  if (times === undefined) return false;
  if (times > 1) open.set(id, times - 1);
  else open.delete(id);
  return true;
};

const callId = (block: Block): string[] => {
  if (block.type === 'tool-call') return [block.id];
  if (block.type !== 'vendor' || !isObject(block.raw) || block.kind === 'audio') return [];
  return typeof block.raw.id === 'string' ? [block.raw.id] : [];
};

const refuseUnanswered = (open: ReadonlyMap<string, number>, askedAt: number): never =>
  refuse(
    `messages.${askedAt}.tool_calls`,
    `asks for ${Array.from(open.keys().take(3), (id) => `"${id.slice(0, 64)}"`).join(', ')}, which no message answers: put one of role "tool" with that \`tool_call_id\` for each call directly behind it.`,
  );

const readToolMessage = (message: JsonObject, at: number, open: Map<string, number>): Block => {
  const id = requiredString(message.tool_call_id, () => `messages.${at}.tool_call_id`);
  if (!answer(open, id))
    refuse(
      `messages.${at}.tool_call_id`,
      'answers no open call: a message of role "tool" has to follow the assistant message whose `tool_calls` it answers, once for each call.',
    );
  return { type: 'tool-result', callId: id, blocks: readContent(message.content, at), isError: false };
};

/** Before there were tool calls with ids, the newest `function_call` was answered by name. */
const readFunctionMessage = (message: JsonObject, at: number, open: Map<string, number>): Block => {
  requiredString(message.name, () => `messages.${at}.name`);
  const [id] = open.keys();
  if (id === undefined || !answer(open, id))
    return refuse(
      `messages.${at}.role`,
      'is "function", which has to follow an assistant message with a `function_call`.',
    );
  const blocks = message.content === null ? [] : readContent(message.content, at);
  return { type: 'tool-result', callId: id, blocks, isError: false };
};

const readAssistant = (message: JsonObject, at: number): readonly Block[] => {
  const blocks: Block[] = [];
  // how DeepSeek, vLLM and OpenRouter call it: replayed by agents, understood by those servers only
  const reasoning = textOrUndefined(message.reasoning_content) ?? textOrUndefined(message.reasoning);
  if (reasoning !== undefined) blocks.push({ type: 'reasoning', text: reasoning });
  if (message.content !== undefined && message.content !== null)
    blocks.push(...readContent(message.content, at));
  const refusal = optionalString(message.refusal, () => `messages.${at}.refusal`);
  if (refusal) blocks.push({ type: 'refusal', text: refusal });
  if (isObject(message.audio)) blocks.push(vendor('audio', `messages.${at}.audio`, message.audio));
  const calls = optionalArray(message.tool_calls, () => `messages.${at}.tool_calls`);
  if (calls)
    for (let index = 0; index < calls.length; index++) blocks.push(readCall(calls[index], at, index));
  const legacy = optionalObject(message.function_call, () => `messages.${at}.function_call`);
  if (legacy) {
    const name = requiredString(legacy.name, () => `messages.${at}.function_call.name`);
    blocks.push({
      type: 'tool-call',
      id: madeUpCallId('function_call', at, name),
      name,
      argumentsText: argumentsOf(legacy.arguments, () => `messages.${at}.function_call.arguments`),
      kind: 'function',
    });
  }
  if (blocks.length === 0 && message.content === undefined)
    refuse(`messages.${at}.content`, 'is missing: an assistant message needs `content` or `tool_calls`.');
  return blocks;
};

const readCall = (value: JsonValue | undefined, at: number, index: number): Block => {
  const path = () => `messages.${at}.tool_calls.${index}`;
  const call = requiredObject(value, path);
  const id = requiredString(call.id, () => `${path()}.id`);
  if (call.type === undefined || call.type === 'function') {
    const tool = requiredObject(call.function, () => `${path()}.function`);
    return {
      type: 'tool-call',
      id,
      name: requiredString(tool.name, () => `${path()}.function.name`),
      argumentsText: argumentsOf(tool.arguments, () => `${path()}.function.arguments`),
      kind: 'function',
    };
  }
  if (call.type === 'custom') {
    const tool = requiredObject(call.custom, () => `${path()}.custom`);
    return {
      type: 'tool-call',
      id,
      name: requiredString(tool.name, () => `${path()}.custom.name`),
      argumentsText: optionalString(tool.input, () => `${path()}.custom.input`) ?? '',
      kind: 'custom',
    };
  }
  return vendor(
    requiredString(call.type, () => `${path()}.type`),
    path(),
    call,
  );
};

const argumentsOf = (value: JsonValue | undefined, path: () => string): string =>
  isObject(value)
    ? refuse(path, 'has to be JSON text, not an object: put it through JSON.stringify.')
    : (optionalString(value, path) ?? '');

const readContent = (content: JsonValue | undefined, at: number): readonly Block[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content))
    return refuse(
      `messages.${at}.content`,
      `has to be a string or a list of parts; it is ${kindOf(content)}.`,
    );
  return content.map((part: JsonValue, index) => readPart(part, at, index));
};

const readPart = (value: JsonValue, at: number, index: number): Block => {
  const path = () => `messages.${at}.content.${index}`;
  const part = requiredObject(value, path);
  const type = requiredString(part.type, () => `${path()}.type`);
  switch (type) {
    case 'text': {
      if (typeof part.text !== 'string')
        refuse(() => `${path()}.text`, `has to be a string; it is ${kindOf(part.text)}.`);
      return cached(part, { type, text: part.text as string });
    }
    case 'refusal':
      return { type, text: requiredString(part.refusal, () => `${path()}.refusal`) };
    case 'image_url': {
      // Mistral and others take the bare address too
      const image: JsonObject =
        typeof part.image_url === 'string'
          ? { url: part.image_url }
          : requiredObject(part.image_url, () => `${path()}.image_url`);
      const source = readDataUrl(requiredString(image.url, () => `${path()}.image_url.url`));
      const detail = optionalString(image.detail, () => `${path()}.image_url.detail`);
      return cached(part, { type: 'image', source, ...(detail !== undefined && { detail }) });
    }
    case 'input_audio': {
      const audio = requiredObject(part.input_audio, () => `${path()}.input_audio`);
      return cached(part, {
        type: 'audio',
        format: requiredString(audio.format, () => `${path()}.input_audio.format`),
        data: requiredString(audio.data, () => `${path()}.input_audio.data`),
      });
    }
    case 'file': {
      const file = requiredObject(part.file, () => `${path()}.file`);
      const title = optionalString(file.filename, () => `${path()}.file.filename`);
      return cached(part, {
        type: 'document',
        source: readFile(file, () => `${path()}.file`),
        ...(title && { title }),
      });
    }
    default:
      return cached(part, vendor(type, path(), part));
  }
};

const readFile = (file: JsonObject, path: () => string): MediaSource => {
  const data = optionalString(file.file_data, () => `${path()}.file_data`);
  if (data) {
    const source = readDataUrl(data);
    return source.type === 'base64' || data.startsWith('http')
      ? source
      : { type: 'base64', mediaType: 'application/pdf', data };
  }
  const fileId = optionalString(file.file_id, () => `${path()}.file_id`);
  return fileId ? { type: 'file', fileId } : refuse(path, 'needs `file_data` or `file_id`.');
};

type CacheableBlock = Exclude<Block, { type: 'reasoning' | 'refusal' }>;

/** OpenAI's breakpoints, and Anthropic's as many clients send them through Chat. */
const cached = (part: JsonObject, block: CacheableBlock): Block => {
  const cache = readCacheHint(part);
  return cache ? { ...block, cache } : block;
};

export const readCacheHint = (part: JsonObject): '5m' | '30m' | '1h' | '12h' | undefined => {
  if (isObject(part.prompt_cache_breakpoint))
    return part.prompt_cache_breakpoint.ttl === '12h' ? '12h' : '30m';
  if (isObject(part.cache_control)) return part.cache_control.ttl === '1h' ? '1h' : '5m';
  return undefined;
};

const vendor = (kind: string, path: string, raw: JsonValue): Block & { type: 'vendor' } => ({
  type: 'vendor',
  dialect: 'openai-chat',
  kind,
  path,
  raw,
});
