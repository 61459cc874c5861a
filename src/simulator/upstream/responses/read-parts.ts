import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { checkKnown, problem } from '../openai/problem.ts';
import { checkPicture } from '../openai/read-settings.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isText } from '../wire.ts';

/** What a person or the application says, what the model said, what a tool gave. */
export type PartsOf = 'input' | 'output' | 'result';

const kinds: Readonly<Record<PartsOf, readonly string[]>> = {
  input: ['input_text', 'input_image', 'input_file', 'input_audio'],
  output: ['output_text', 'refusal'],
  result: ['input_text', 'input_image', 'input_file'],
};

const fields: Readonly<Record<string, readonly string[]>> = {
  input_text: ['type', 'text', 'prompt_cache_breakpoint'],
  input_image: ['type', 'image_url', 'file_id', 'detail', 'prompt_cache_breakpoint'],
  input_file: ['type', 'file_data', 'file_url', 'file_id', 'filename', 'detail', 'prompt_cache_breakpoint'],
  input_audio: ['type', 'input_audio'],
  output_text: ['type', 'text', 'annotations', 'logprobs'],
  refusal: ['type', 'refusal'],
};

/** Reads content, as a text or in parts; what of it is text is given back. */
export const readParts = (
  content: JsonValue | undefined,
  path: string,
  whose: PartsOf,
  prompt: PromptBuilder,
): string => {
  if (isText(content)) {
    prompt.text(content);
    return content;
  }
  if (!Array.isArray(content))
    throw problem(`Invalid type for '${path}': expected a string or an array.`, path, 'invalid_type');
  const texts: string[] = [];
  for (const [at, part] of (content as readonly JsonValue[]).entries()) {
    const where = `${path}[${at}]`;
    if (!isObject(part) || !isText(part.type) || !kinds[whose].includes(part.type))
      throw problem(
        `Invalid value: '${isObject(part) ? part.type : part}'. Supported values are: ${kinds[whose].map((kind) => `'${kind}'`).join(', ')}.`,
        `${where}.type`,
        'invalid_value',
      );
    checkKnown(part, fields[part.type] ?? [], where);
    readPart(part, where, prompt, texts);
  }
  return texts.join('\n');
};

const readPart = (part: JsonObject, where: string, prompt: PromptBuilder, texts: string[]): void => {
  const missing = (field: string): Error =>
    problem(
      `Missing required parameter: '${where}.${field}'.`,
      `${where}.${field}`,
      'missing_required_parameter',
    );
  switch (part.type) {
    case 'input_image': {
      const { image_url: url, file_id: fileId } = part;
      if (isText(fileId)) {
        prompt.picture(fileId);
        return;
      }
      if (isObject(url))
        throw problem(
          `Invalid type for '${where}.image_url': expected a string, but got an object.`,
          `${where}.image_url`,
          'invalid_type',
        );
      if (!isText(url)) throw missing('image_url');
      checkPicture(url, part.detail, `${where}.image_url`);
      prompt.picture(url);
      return;
    }
    case 'input_file': {
      const source = part.file_data ?? part.file_id ?? part.file_url;
      if (!isText(source)) throw missing('file_data');
      if (source === part.file_data && !source.startsWith('data:'))
        throw problem(
          `Invalid '${where}.file_data': expected a data URL.`,
          `${where}.file_data`,
          'invalid_value',
        );
      prompt.paper(source);
      return;
    }
    case 'input_audio':
      prompt.paper(JSON.stringify(part.input_audio));
      return;
    default: {
      const text = part.type === 'refusal' ? part.refusal : part.text;
      if (!isText(text)) throw missing(part.type === 'refusal' ? 'refusal' : 'text');
      texts.push(text);
      prompt.text(text);
    }
  }
};
