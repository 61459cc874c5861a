import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { mediaTypeOf, pictureTypes } from '../media.ts';
import { isNothing, isText } from '../wire.ts';
import { refuse } from './problem.ts';
import type { Reading } from './reading.ts';
import { checkSignature } from './signature.ts';

const fields: Readonly<Record<string, string>> = {
  text: 'type text cache_control citations',
  image: 'type source cache_control',
  document: 'type source title context citations cache_control',
  tool_use: 'type id name input caller cache_control',
  tool_result: 'type tool_use_id content is_error cache_control',
  thinking: 'type thinking signature',
  redacted_thinking: 'type data',
};

const checkBlock = (block: JsonObject, path: string): void => {
  const known = fields[String(block.type)]?.split(' ');
  const extra = known && Object.keys(block).find((field) => !known.includes(field));
  if (extra !== undefined)
    throw refuse(`${path}.${String(block.type)}.${extra}`, 'Extra inputs are not permitted');
};

export const readResult = (block: JsonObject, path: string, role: string, reading: Reading): string => {
  checkBlock(block, path);
  const { tool_use_id: id, content, is_error: isError } = block;
  if (role !== 'user') throw refuse(path, '`tool_result` blocks can only be in `user` messages');
  if (!isText(id) || !reading.open.delete(id))
    throw refuse(
      path,
      `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  reading.prefix.add(role, 'tool_result', id, String(isError === true));
  const cache = reading.marks.read(block, path);
  if (isText(content)) {
    reading.prefix.add(role, content);
    reading.prompt.text(content, cache);
    return content;
  }
  if (!isNothing(content) && !Array.isArray(content))
    throw refuse(`${path}.content`, 'Input should be a valid string or list');
  const texts: string[] = [];
  for (const [at, part] of ((content ?? []) as readonly JsonValue[]).entries()) {
    const where = `${path}.content.${at}`;
    if (!isObject(part)) throw refuse(where, 'Input should be an object');
    if (part.type !== 'tool_reference') readUserBlock(part, where, role, reading, texts);
  }
  reading.prompt.mark(cache);
  return texts.join('\n');
};

export const readUserBlock = (
  block: JsonObject,
  path: string,
  role: string,
  reading: Reading,
  texts: string[],
): void => {
  checkBlock(block, path);
  const { prompt, prefix, version } = reading;
  const { source } = block;
  const cache = reading.marks.read(block, path);
  switch (block.type) {
    case 'text': {
      const { text, citations } = block;
      if (!isText(text)) throw refuse(`${path}.text`, 'Field required');
      if (text === '') throw refuse(path, 'text content blocks must be non-empty');
      if (text.trim() === '') throw refuse(path, 'text content blocks must contain non-whitespace text');
      if (role === 'user' && version === '2026-10-21' && Array.isArray(citations) && citations.length > 0)
        throw refuse(`${path}.citations`, 'not supported in user messages in API version 2026-10-21');
      texts.push(text);
      prefix.add(role, 'text', text);
      prompt.text(text, cache);
      return;
    }
    case 'image':
      prefix.add(role, 'image', JSON.stringify(source));
      prompt.picture(readSource(source, `${path}.source`, pictureTypes), cache);
      return;
    case 'document':
      prefix.add(role, 'document', JSON.stringify(source));
      if (isObject(source) && source.type === 'text' && isText(source.data)) prompt.text(source.data, cache);
      else prompt.paper(readSource(source, `${path}.source`, ['application/pdf']), cache);
      return;
    case 'search_result':
    case 'container_upload':
      prefix.add(role, JSON.stringify(block));
      prompt.json(block, cache);
      return;
    default:
      throw refuse(
        path,
        `Input tag '${String(block.type)}' found using 'type' does not match any of the expected tags`,
      );
  }
};

const readSource = (source: JsonValue | undefined, path: string, taken: readonly string[]): string => {
  if (!isObject(source)) throw refuse(path, 'Field required');
  if (source.type === 'url' && isText(source.url)) {
    if (/^https?:\/\//.test(source.url)) return source.url;
    throw refuse(`${path}.url`, 'Only HTTPS URLs are supported.');
  }
  if (source.type === 'file' && isText(source.file_id)) return source.file_id;
  if (source.type === 'content') return JSON.stringify(source.content);
  const { data, media_type: type } = source;
  if (source.type !== 'base64' || !isText(data) || !isText(type))
    throw refuse(path, "Input should have type 'base64', 'url' or 'file'");
  if (data.startsWith('data:')) throw refuse(`${path}.base64.data`, 'invalid base64 data');
  if (!taken.includes(type))
    throw refuse(
      `${path}.base64.media_type`,
      `Input should be ${taken.map((each) => `'${each}'`).join(' or ')}`,
    );
  const actual = mediaTypeOf(data);
  if (actual === type) return data;
  throw refuse(
    path,
    actual === undefined || !pictureTypes.includes(actual)
      ? 'Could not process image'
      : `The image was specified using the ${type} media type, but the image appears to be a ${actual} image`,
  );
};

export const readAssistantBlock = (
  block: JsonObject,
  path: string,
  reading: Reading,
  texts: string[],
): void => {
  checkBlock(block, path);
  const { prompt, prefix } = reading;
  switch (block.type) {
    case 'thinking':
      readThinkingBlock(block, path, reading);
      return;
    case 'redacted_thinking':
      if (!isText(block.data) || /^gAAAA|skip_thought/.test(block.data))
        throw refuse(path, 'Invalid `data` in `redacted_thinking` block');
      prompt.json(block);
      return;
    case 'tool_use': {
      const { id, name, input } = block;
      if (!isText(id) || !/^[a-zA-Z0-9_-]{1,64}$/.test(id))
        throw refuse(`${path}.tool_use.id`, "String should match pattern '^[a-zA-Z0-9_-]+$'");
      if (!isText(name) || !/^[a-zA-Z0-9_-]{1,128}$/.test(name))
        throw refuse(`${path}.tool_use.name`, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
      if (!isObject(input)) throw refuse(`${path}.tool_use.input`, 'Input should be an object');
      if (!reading.hasTools)
        throw refuse('', 'Requests which include `tool_use` or `tool_result` blocks must define tools.');
      if (reading.open.has(id)) throw refuse(path, '`tool_use` ids must be unique');
      reading.open.add(id);
      prefix.add('assistant', 'tool_use', id, name, JSON.stringify(input));
      prompt.json({ name, input }, reading.marks.read(block, path));
      return;
    }
    case 'text':
      readUserBlock(block, path, 'assistant', reading, texts);
      return;
    default:
      if (block.type === 'document' && reading.version === '2026-10-21')
        throw refuse(
          path,
          '`document` blocks are not supported in assistant messages in API version 2026-10-21',
        );
      if (
        !/^(?:server_tool_use|\w+_tool_result|compaction|fallback|mcp_tool_use|document)$/.test(
          String(block.type),
        )
      )
        throw refuse(
          path,
          `Input tag '${String(block.type)}' found using 'type' does not match any of the expected tags`,
        );
      // server tools and their results, compactions: of this vendor, and taken as they are
      prefix.add('assistant', JSON.stringify({ ...block, cache_control: undefined }));
      prompt.json(block, reading.marks.read(block, path));
  }
};

/** Its signature stands for its text and, at the newest models, for everything before it. */
const readThinkingBlock = (block: JsonObject, path: string, reading: Reading): void => {
  const { thinking, signature } = block;
  if (!isText(thinking)) throw refuse(`${path}.thinking.thinking`, 'Field required');
  if (!isText(signature)) throw refuse(`${path}.thinking.signature`, 'Field required');
  const { model, organisation, endUser, prefix } = reading;
  const { fault, bondFault } = checkSignature(thinking, signature, {
    model: model.name,
    bond: model.capabilities.boundReasoning ? { organisation, endUser, prefix: prefix.here() } : undefined,
  });
  if (fault === 'foreign') throw refuse(path, 'Invalid `signature` in `thinking` block');
  if (fault === 'modified')
    throw refuse(
      path,
      '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.',
    );
  if (bondFault)
    throw refuse(
      path,
      `this \`thinking\` block is bound to what it was answered from and cannot be used here (${bondFault})`,
    );
  reading.prompt.text(thinking);
};
