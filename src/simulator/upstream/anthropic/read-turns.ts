import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { withoutReminders } from '../../answer-source.ts';
import type { SimulatedModel } from '../../simulated-model.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isText, type Segment } from '../wire.ts';
import { refuse } from './problem.ts';
import { checkSignature } from './signature.ts';

export interface TurnParts {
  readonly prompt: PromptBuilder;
  readonly model: SimulatedModel;
  readonly hasTools: boolean;
}

interface Reading {
  userText: string;
  results: string[];
  /** Calls of the turn before that have no result yet. */
  open: Set<string>;
}

/** Walks the messages, checks what must stand where, and finds the newest words of a person. */
export const readTurns = (
  messages: JsonValue | undefined,
  parts: TurnParts,
): { readonly userText: string; readonly results: readonly string[] } => {
  const turns = messages as readonly JsonValue[];
  if (turns.length === 0) throw refuse('messages', 'at least one message is required');
  const reading: Reading = { userText: '', results: [], open: new Set() };
  for (const [at, turn] of turns.entries()) readTurn(turn, at, turns.length, reading, parts);
  if (reading.open.size > 0) throw unanswered(turns.length - 1, reading.open);
  return reading;
};

export const cacheOf = (block: JsonObject): Segment['cache'] => {
  const { cache_control: control } = block;
  if (!isObject(control)) return undefined;
  return control.ttl === '1h' ? '1h' : '5m';
};

const readTurn = (turn: JsonValue, at: number, count: number, reading: Reading, parts: TurnParts): void => {
  const { prompt, model } = parts;
  if (!isObject(turn)) throw refuse(`messages.${at}`, 'Input should be an object');
  const { role, content } = turn;
  if (role !== 'user' && role !== 'assistant' && !(role === 'system' && model.capabilities.midSystem))
    throw refuse(
      `messages.${at}.role`,
      `Unexpected role "${String(role)}". The Messages API accepts "user" and "assistant".`,
    );
  if (at === 0 && role !== 'user') throw refuse('messages', 'first message must use the "user" role');
  if (at === count - 1 && role === 'assistant' && !model.capabilities.prefill)
    throw refuse(
      '',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  const blocks = isText(content) ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(blocks)) throw refuse(`messages.${at}.content`, 'Field required');
  if (blocks.length === 0 && !(role === 'assistant' && at === count - 1))
    throw refuse(
      `messages.${at}`,
      'all messages must have non-empty content except for the optional final assistant message',
    );
  prompt.message(role);
  const texts: string[] = [];
  const results: string[] = [];
  for (const [index, block] of (blocks as readonly JsonValue[]).entries()) {
    const path = `messages.${at}.content.${index}`;
    if (!isObject(block) || !isText(block.type)) throw refuse(`${path}.type`, 'Field required');
    if (block.type === 'tool_result') {
      if (texts.length > 0 && reading.open.size > 0) throw unanswered(at - 1, reading.open);
      results.push(readResult(block, path, role, reading, parts));
    } else if (role === 'assistant') readAssistantBlock(block, path, reading, parts, texts);
    else readUserBlock(block, path, prompt, texts);
  }
  if (role === 'assistant') return;
  if (reading.open.size > 0) throw unanswered(at - 1, reading.open);
  const said = withoutReminders(texts.join('\n'));
  if (said && role === 'user') reading.userText = said;
  // results and new words in one turn: the words are what is to be done now
  reading.results = said ? [] : results;
};

const unanswered = (at: number, open: ReadonlySet<string>): Error =>
  refuse(
    `messages.${at}`,
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );

const readResult = (
  block: JsonObject,
  path: string,
  role: JsonValue | undefined,
  reading: Reading,
  { prompt }: TurnParts,
): string => {
  if (role !== 'user') throw refuse(path, '`tool_result` blocks can only be in `user` messages');
  if (!isText(block.tool_use_id) || !reading.open.delete(block.tool_use_id))
    throw refuse(
      path,
      `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(block.tool_use_id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  const texts: string[] = [];
  if (isText(block.content)) {
    texts.push(block.content);
    prompt.text(block.content, cacheOf(block));
  } else if (Array.isArray(block.content))
    for (const [at, part] of (block.content as readonly JsonValue[]).entries()) {
      if (!isObject(part)) throw refuse(`${path}.content.${at}`, 'Input should be an object');
      if (part.type === 'tool_reference') continue;
      readUserBlock(part, `${path}.content.${at}`, prompt, texts);
    }
  return texts.join('\n');
};

const readUserBlock = (block: JsonObject, path: string, prompt: PromptBuilder, texts: string[]): void => {
  const { source } = block;
  switch (block.type) {
    case 'text':
      if (!isText(block.text)) throw refuse(`${path}.text`, 'Field required');
      if (block.text === '') throw refuse(path, 'text content blocks must be non-empty');
      texts.push(block.text);
      prompt.text(block.text, cacheOf(block));
      return;
    case 'image':
      prompt.picture(readSource(source, `${path}.source`), cacheOf(block));
      return;
    case 'document':
      if (isObject(source) && source.type === 'text' && isText(source.data))
        prompt.text(source.data, cacheOf(block));
      else prompt.paper(readSource(source, `${path}.source`), cacheOf(block));
      return;
    case 'search_result':
    case 'container_upload':
      prompt.json(block, cacheOf(block));
      return;
    default:
      throw refuse(
        path,
        `Input tag '${String(block.type)}' found using 'type' does not match any of the expected tags`,
      );
  }
};

const pictureTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'application/pdf'];
const magicOf: Readonly<Record<string, string>> = {
  'image/jpeg': '/9j/',
  'image/png': 'iVBORw0KGgo',
  'image/gif': 'R0lGOD',
  'image/webp': 'UklGR',
};

const readSource = (source: JsonValue | undefined, path: string): string => {
  if (!isObject(source)) throw refuse(path, 'Field required');
  if (source.type === 'url' && isText(source.url)) return source.url;
  if (source.type === 'file' && isText(source.file_id)) return source.file_id;
  if (source.type === 'content') return JSON.stringify(source.content);
  if (source.type !== 'base64' || !isText(source.data) || !isText(source.media_type))
    throw refuse(path, "Input should have type 'base64', 'url' or 'file'");
  if (!pictureTypes.includes(source.media_type))
    throw refuse(`${path}.base64.media_type`, `Input should be ${pictureTypes.join(' or ')}`);
  const actual = Object.entries(magicOf).find(([, magic]) => (source.data as string).startsWith(magic))?.[0];
  if (actual !== undefined && actual !== source.media_type)
    throw refuse(
      path,
      `The image was specified using the ${source.media_type} media type, but the image appears to be a ${actual} image`,
    );
  return source.data;
};

const readAssistantBlock = (
  block: JsonObject,
  path: string,
  reading: Reading,
  { prompt, hasTools }: TurnParts,
  texts: string[],
): void => {
  switch (block.type) {
    case 'thinking': {
      const { thinking, signature } = block;
      if (!isText(thinking) || !isText(signature)) throw refuse(`${path}.signature`, 'Field required');
      const fault = checkSignature(thinking, signature);
      if (fault === 'foreign') throw refuse(path, 'Invalid `signature` in `thinking` block');
      if (fault === 'modified')
        throw refuse(
          path,
          '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
        );
      prompt.text(thinking);
      return;
    }
    case 'tool_use':
      if (!isText(block.id) || !/^[a-zA-Z0-9_-]+$/.test(block.id))
        throw refuse(`${path}.id`, "String should match pattern '^[a-zA-Z0-9_-]+$'");
      if (!isText(block.name) || !isObject(block.input))
        throw refuse(`${path}.input`, 'Input should be an object');
      if (!hasTools)
        throw refuse('', 'Requests which include `tool_use` or `tool_result` blocks must define tools.');
      if (reading.open.has(block.id)) throw refuse(path, '`tool_use` ids must be unique');
      reading.open.add(block.id);
      prompt.json({ name: block.name, input: block.input }, cacheOf(block));
      return;
    case 'text':
      readUserBlock(block, path, prompt, texts);
      return;
    default:
      // redacted thinking, server tools and their results, compactions: of this vendor, and taken as they are
      prompt.json(block, cacheOf(block));
      return;
  }
};
