import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { DialectName } from '../../core/model.ts';

/** What mutation starts from: everything the golden files of a dialect hold, good and bad. */
export interface Corpus {
  readonly requests: readonly JsonObject[];
  readonly replies: readonly JsonObject[];
  readonly errors: readonly JsonObject[];
  readonly streams: readonly string[];
}

export const corpusOf = (dialect: DialectName): Corpus => {
  const inputs = (verb: string): readonly string[] => goldenInputs(dialect, verb);
  return {
    requests: inputs('read-request').map(parsed).filter(isObject).map(bodyOf),
    replies: inputs('read-reply').map(parsed).filter(isObject),
    errors: inputs('read-error').map(parsed).filter(isObject),
    streams: inputs('read-stream'),
  };
};

const goldenInputs = (dialect: DialectName, verb: string): readonly string[] => {
  const folder = join(import.meta.dirname, '..', dialect, 'golden');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${verb}.`))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const mark = text.indexOf('\n---\n');
      return text.slice(0, mark < 0 ? text.length : mark).replaceAll('␍', '\r');
    });
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A case may wrap its body together with the address it was sent to. */
const bodyOf = (input: JsonObject): JsonObject =>
  isObject(input.body) && !('messages' in input) && !('contents' in input) ? input.body : input;
