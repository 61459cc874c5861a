import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { CliError } from './cli-error.ts';

/** A key as the configuration has it. */
export interface KeyEntry {
  readonly name: string;
  readonly hash: string;
  readonly routes?: readonly string[];
  readonly models?: readonly string[];
}

/** `keys:` with one entry, as a person would write it. */
export const keyYaml = (entry: KeyEntry): string => `keys:\n${blockEntry(entry, 2)}`;

/**
 * The text with one key more. Everything else stays to the letter: comments, order and spaces are the
 * user's. Throws where the text is written in a way in which that cannot be done.
 */
export const insertKey = (text: string, entry: KeyEntry): string => {
  const result = spliceKey(text, entry);
  const before = (parseDocument(text).toJS() ?? {}) as { keys?: unknown[] | null };
  const after = parseDocument(result).toJS() as unknown;
  if (isDeepStrictEqual(after, { ...before, keys: [...(before.keys ?? []), entry] })) return result;
  throw new CliError('The entry cannot be put into this file without rewriting it.', {
    wayOut: 'Run it again without --write, and insert what it prints by hand.',
  });
};

const spliceKey = (text: string, entry: KeyEntry): string => {
  const { contents } = parseDocument(text);
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === 'keys')
    : undefined;
  if (!pair)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${text.trim() === '' ? '' : '\n'}${keyYaml(entry)}`;
  const { value } = pair;
  if (isSeq(value)) return value.flow ? intoFlow(text, value, entry) : intoBlock(text, value, entry);
  const keyEnd = isScalar(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
  return insertLine(text, keyEnd, blockEntry(entry, 2));
};

const intoBlock = (text: string, list: YAMLSeq, entry: KeyEntry): string => {
  const start = list.range?.[0] ?? 0;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const last = list.items.at(-1) as { readonly range?: readonly number[] | null } | undefined;
  return insertLine(text, last?.range?.[1] ?? start, blockEntry(entry, indent));
};

const intoFlow = (text: string, list: YAMLSeq, entry: KeyEntry): string => {
  const [start = 0, end = 0] = list.range ?? [];
  if (list.items.length === 0)
    return `${text.slice(0, start).trimEnd()}\n${blockEntry(entry, 2)}${text.slice(end).replace(/^[ \t]*\n/, '')}`;
  const last = list.items.at(-1) as { readonly range?: readonly number[] | null } | undefined;
  const at = last?.range?.[1] ?? end - 1;
  return `${text.slice(0, at)}, ${flowEntry(entry)}${text.slice(at)}`;
};

/** Puts whole lines behind the line in which `offset` stands. */
const insertLine = (text: string, offset: number, lines: string): string => {
  if (offset > 0 && text[offset - 1] === '\n') return text.slice(0, offset) + lines + text.slice(offset);
  const end = text.indexOf('\n', offset);
  return end < 0 ? `${text}\n${lines}` : text.slice(0, end + 1) + lines + text.slice(end + 1);
};

const blockEntry = ({ name, hash, routes, models }: KeyEntry, indent: number): string => {
  const fields = [
    `name: ${scalar(name)}`,
    `hash: ${hash}`,
    ...(routes ? [`routes: [${routes.map(scalar).join(', ')}]`] : []),
    ...(models ? [`models: [${models.map(scalar).join(', ')}]`] : []),
  ];
  return fields.map((field, index) => `${' '.repeat(indent)}${index === 0 ? '- ' : '  '}${field}\n`).join('');
};

const flowEntry = (entry: KeyEntry): string =>
  `{ ${blockEntry(entry, 0)
    .replace(/^- /, '')
    .trim()
    .split(/\n\s*/)
    .map((field) => field.replace(/^hash: (.*)$/, 'hash: "$1"'))
    .join(', ')} }`;

const scalar = (text: string): string =>
  /^[A-Za-z][\w-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
