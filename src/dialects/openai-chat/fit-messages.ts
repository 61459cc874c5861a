import { hash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { type JsonSpan, type Splice, scanJson } from '../../kit/json-scan.ts';
import { dropMembers, listElements } from '../body-splices.ts';
import type { PassRequest, Quirks } from '../dialect.ts';

/**
 * Messages as a choosy server takes them: without fields it refuses, with ids of calls it accepts. Once
 * in the caller's bytes, once in messages we have written.
 */
export const fitPassed = (
  { bytes, scan, quirks }: PassRequest,
  splices: Splice[],
  dropped: string[],
): void => {
  const span = scan.keys.get('messages');
  if (!span || !isChoosy(quirks)) return;
  const drops = new Set(quirks.refusedMessageFields);
  for (const [start, end] of listElements(bytes, span)) {
    if (bytes[start] !== 0x7b) continue;
    const message = scanJson(bytes.subarray(start, end));
    const refused = new Set([...message.keys.keys()].filter((field) => drops.has(field)));
    if (refused.size > 0) dropMembers(message, refused, splices, start);
    if (refused.has('name') && !dropped.includes(namesField)) dropped.push(namesField);
    if (!quirks.callIds) continue;
    fitId(bytes, message.keys.get('tool_call_id'), start, splices);
    const calls = message.keys.get('tool_calls');
    if (!calls || bytes[start + calls.start] !== 0x5b) continue;
    const list = { ...calls, start: start + calls.start, end: start + calls.end };
    for (const [from, to] of listElements(bytes, list))
      if (bytes[from] === 0x7b)
        fitId(bytes, scanJson(bytes.subarray(from, to)).keys.get('id'), from, splices);
  }
};

export const fitWritten = (
  messages: readonly JsonObject[],
  quirks: Quirks,
  warn: (what: string) => void,
): readonly JsonObject[] => {
  if (!isChoosy(quirks)) return messages;
  return messages.map((message) => {
    const fitted: Record<string, JsonValue | undefined> = { ...message };
    for (const field of quirks.refusedMessageFields ?? []) {
      if (field === 'name' && fitted.name !== undefined) warn(namesField);
      delete fitted[field];
    }
    if (!quirks.callIds) return fitted;
    if (typeof fitted.tool_call_id === 'string') fitted.tool_call_id = nineAlphanumerics(fitted.tool_call_id);
    if (Array.isArray(fitted.tool_calls))
      fitted.tool_calls = fitted.tool_calls.map((call) =>
        isObject(call) && typeof call.id === 'string' ? { ...call, id: nineAlphanumerics(call.id) } : call,
      );
    return fitted;
  });
};

const namesField = 'messages.name';

const isChoosy = ({ refusedMessageFields, callIds }: Quirks): boolean =>
  callIds !== undefined || (refusedMessageFields?.length ?? 0) > 0;

const fitId = (bytes: Buffer, span: JsonSpan | undefined, offset: number, splices: Splice[]): void => {
  if (!span || bytes[offset + span.start] !== 0x22) return;
  const id = JSON.parse(bytes.toString('utf8', offset + span.start, offset + span.end)) as string;
  const fitted = nineAlphanumerics(id);
  if (fitted !== id)
    splices.push({ start: offset + span.start, end: offset + span.end, text: JSON.stringify(fitted) });
};

/** The same id always becomes the same: calls and results stay together, and the prefix stays cached. */
const nineAlphanumerics = (id: string): string =>
  /^[A-Za-z0-9]{9}$/.test(id) ? id : hash('sha256', id, 'hex').slice(0, 9);
