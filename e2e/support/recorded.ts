import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonValue } from '../../src/core/json.ts';
import type { Recorded } from './recorder.ts';

const folder = join(import.meta.dirname, '../clients/recorded');

/** What a client once sent: everything but its maker's prompts and what is of one machine or one moment. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** Names of the files, without their endings. */
export const recordedNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

export const recordedCalls = (name: string): readonly RecordedCall[] =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as RecordedCall[];

/** What may be kept of it in a file. */
const cutCall = ({ method, url, headers, body }: Recorded): RecordedCall => ({
  method,
  path: url,
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (ofTheConnection.has(name)) return [];
      return [[name, keptHeader(name, value)]];
    }),
  ),
  body: body.length === 0 ? null : cutValue(JSON.parse(body.toString()) as JsonValue),
});

const ofTheConnection = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'keep-alive']);

const keptHeader = (name: string, value: string): string => {
  if (name === 'user-agent') return value.replace(/\([^)]*\)/g, '()');
  return isJson(value) ? '{}' : cutText(value, 1000);
};

/** Words of a prompt are their author's; names, types and structure are the wire's. */
const cutValue = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return cutText(value, 40);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(cutValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (authored.has(key) && typeof inner === 'string') return [key, lengthOf(inner)];
      // what a simulated model said is ours
      if (typeof inner === 'string' && ['$schema', 'arguments', 'input'].includes(key))
        return [key, inner.replace(/[\w./-]*\/tierwise-[\w-]+\/work\//g, '')];
      return [key, cutValue(inner as JsonValue)];
    }),
  );
};

const authored = new Set(['description', 'definition', 'text', 'content', 'instructions', 'system']);

const cutText = (text: string, atMost: number): string => {
  if (text.length > atMost && /\s|\//.test(text)) return lengthOf(text);
  return text
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '00000000-0000-4000-8000-000000000000')
    .replace(/[0-9a-f]{64}/g, '0'.repeat(64))
    .replace(/\bses_\w+/g, 'ses_0');
};

const lengthOf = (text: string): string => `(${text.length} characters)`;

const isJson = (text: string): boolean => text.startsWith('{');

/** Of what was sent now and of what is in the file: where to, what is said beside the prompt, which tools. */
export interface Outlines {
  readonly now: readonly object[];
  readonly recorded: readonly object[];
}

/** `UPDATE_RECORDED=1` writes the file anew; read the difference before you keep it. */
export const outlinesOf = (name: string, sent: readonly Recorded[]): Outlines => {
  const calls = sent.map(cutCall);
  if (process.env.UPDATE_RECORDED)
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(calls, null, 2)}\n`);
  return { now: calls.map(outlineOf), recorded: recordedCalls(name).map(outlineOf) };
};

const outlineOf = ({ method, path, body }: RecordedCall): object => ({
  ...{ method, path },
  fields: isObject(body) ? Object.keys(body).sort() : [],
  tools: isObject(body) ? toolNames(body).sort() : [],
});

const toolNames = (value: JsonValue | undefined): string[] => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(toolNames);
  if (!isObject(value)) return [];
  const { tools, functionDeclarations: declared, input } = value;
  const list = [tools, declared].flatMap((each) => (Array.isArray(each) ? (each as JsonValue[]) : []));
  return [...list.flatMap((tool) => [...nameOf(tool), ...toolNames(tool)]), ...toolNames(input)];
};

const nameOf = (tool: JsonValue): string[] => {
  if (!isObject(tool)) return [];
  const inner = isObject(tool.function) ? tool.function : tool;
  return typeof inner.name === 'string' ? [inner.name] : typeof tool.type === 'string' ? [tool.type] : [];
};
