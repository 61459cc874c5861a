import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { withoutReminders } from '../../answer-source.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isText, type WireProblem } from '../wire.ts';
import { checkKnown, problem } from './problem.ts';
import { checkPicture } from './read-settings.ts';

const mostIdLetters = 64;
// messages themselves may hold more: the vendor's SDK sends back what it has parsed
const partFields = 'type text refusal image_url file input_audio prompt_cache_breakpoint'.split(' ');
const roles = ['developer', 'system', 'user', 'assistant', 'tool', 'function'];

/** Walks the messages, checks what must stand where, and finds the newest words of a person. */
export const readMessages = (
  messages: readonly JsonValue[],
  prompt: PromptBuilder,
): { readonly userText: string; readonly results: readonly string[]; readonly rounds: number } => {
  let userText = '';
  let results: string[] = [];
  let rounds = 0;
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    const path = `messages.[${at}]`;
    if (!isObject(message) || !isText(message.role) || !roles.includes(message.role))
      throw problem(
        `Invalid value: '${isObject(message) ? message.role : ''}'. Supported values are: ${roles.join(', ')}.`,
        `${path}.role`,
      );
    const { role, content } = message;
    if (role === 'tool') {
      if (!isText(message.tool_call_id) || !open.delete(message.tool_call_id))
        throw problem(
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          `${path}.role`,
        );
    } else if (open.size > 0) throw unanswered(open, path);
    prompt.message(role);
    const text = readContent(content, prompt, path, role);
    const said = role === 'user' ? withoutReminders(text) : '';
    if (said) {
      userText = said;
      results = [];
      rounds = 0;
    }
    if (role === 'tool') results.push(text);
    if (role === 'assistant') {
      open = readCalls(message.tool_calls, prompt, path);
      if (open.size > 0) rounds += 1;
      if (
        open.size === 0 &&
        !text &&
        !isText(message.refusal) &&
        content !== '' &&
        !isObject(message.function_call)
      )
        throw problem(
          `Invalid value for 'content': expected a text, got ${content === null ? 'null' : 'nothing'}.`,
          `${path}.content`,
        );
    }
  }
  if (open.size > 0) throw unanswered(open, 'messages');
  const last = messages.at(-1);
  return { userText, results: isObject(last) && last.role === 'assistant' ? [] : results, rounds };
};

const unanswered = (open: ReadonlySet<string>, path: string): WireProblem =>
  problem(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    path,
  );

const readContent = (
  content: JsonValue | undefined,
  prompt: PromptBuilder,
  path: string,
  role: string,
): string => {
  if (content === null || content === undefined) {
    if (role !== 'assistant')
      throw problem(`Missing required parameter: '${path}.content'.`, `${path}.content`);
    prompt.text('');
    return '';
  }
  if (isText(content)) {
    prompt.text(content);
    return content;
  }
  if (!Array.isArray(content)) throw problem(`Invalid type for '${path}.content'.`, `${path}.content`);
  const texts: string[] = [];
  for (const [at, part] of (content as readonly JsonValue[]).entries()) {
    const where = `${path}.content[${at}]`;
    if (!isObject(part)) throw problem(`Invalid type for '${where}'.`, where);
    checkKnown(part, partFields, where);
    if ((part.type === 'text' && isText(part.text)) || (part.type === 'refusal' && isText(part.refusal))) {
      const text = (part.text ?? part.refusal) as string;
      texts.push(text);
      prompt.text(text);
    } else if (role !== 'user')
      throw problem(`Invalid value: '${part.type}'. Supported values are: 'text'.`, `${where}.type`);
    else if (part.type === 'image_url') prompt.picture(readPicture(part.image_url, where));
    else if (part.type === 'file' && isObject(part.file)) prompt.paper(readPaper(part.file, where));
    else if (part.type === 'input_audio' && isObject(part.input_audio))
      prompt.paper(readSound(part.input_audio, where));
    else
      throw problem(
        `Invalid value: '${part.type}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.`,
        `${where}.type`,
      );
  }
  return texts.join('\n');
};

const readPicture = (picture: JsonValue | undefined, where: string): string => {
  const url = isObject(picture) ? picture.url : undefined;
  if (!isObject(picture) || !isText(url))
    throw problem(`Missing required parameter: '${where}.image_url.url'.`, `${where}.image_url`);
  checkPicture(url, picture.detail, `${where}.image_url.url`);
  return url;
};

const readPaper = ({ file_data: data, file_id: id }: JsonObject, where: string): string => {
  if (isText(id)) return id;
  if (isText(data) && data.startsWith('data:')) return data;
  throw problem(
    `Invalid '${where}.file': expected a file_id, or file_data as a data URL.`,
    `${where}.file`,
    'invalid_value',
  );
};

const readSound = ({ data, format }: JsonObject, where: string): string => {
  if (isText(data) && (format === 'wav' || format === 'mp3')) return data;
  throw problem(
    `Invalid value: '${String(format)}'. Supported values are: 'wav' and 'mp3'.`,
    `${where}.input_audio.format`,
    'invalid_value',
  );
};

const readCalls = (calls: JsonValue | undefined, prompt: PromptBuilder, path: string): Set<string> => {
  const ids = new Set<string>();
  if (!Array.isArray(calls)) return ids;
  if (calls.length === 0) throw problem(`Invalid '${path}.tool_calls': empty array.`, `${path}.tool_calls`);
  for (const [at, call] of (calls as readonly JsonValue[]).entries()) {
    const where = `${path}.tool_calls[${at}]`;
    if (!isObject(call) || !isText(call.id))
      throw problem(`Missing required parameter: '${where}.id'.`, where);
    const inner = call.type === 'custom' ? call.custom : call.function;
    if (!isObject(inner) || !isText(inner.name) || !isText(inner.arguments ?? inner.input))
      throw problem(`Missing required parameter: '${where}.function'.`, where);
    if (ids.has(call.id)) throw problem(`Duplicate tool call id '${call.id}'.`, `${where}.id`);
    if (call.id.length > mostIdLetters)
      throw problem(
        `Invalid '${where}.id': string too long. Expected a string with maximum length ${mostIdLetters}.`,
        `${where}.id`,
        'string_above_max_length',
      );
    ids.add(call.id);
    prompt.json(inner);
  }
  return ids;
};
