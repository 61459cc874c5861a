import { dropMembers, listElements, scanWithin } from '../dialects/body-splices.ts';
import { type JsonSpan, type Splice, scanJson, spliceBytes } from '../kit/json-scan.ts';

/**
 * The body without ids of calls and their results: Vertex refused them (WIRE 7.3), and where it has come to
 * take them it does not need them. It pairs by order and name, which stay as they are, as does all else.
 */
export const withoutCallIds = (body: Buffer): Buffer => {
  if (!body.includes('"id"')) return body;
  const contents = scanJson(body).keys.get('contents');
  if (!contents || body[contents.start] !== openList) return body;
  const splices: Splice[] = [];
  for (const [from, to] of listElements(body, contents)) {
    const parts = member(body, from, to, ['parts']);
    if (!parts || body[parts.start] !== openList) continue;
    for (const [start, end] of listElements(body, parts)) {
      const call = body[start] === openObject ? member(body, start, end, callFields) : undefined;
      if (!call || body[call.start] !== openObject) continue;
      dropMembers(scanWithin(body, call.start, call.end), idField, splices, call.start);
    }
  }
  return spliceBytes(body, splices);
};

const openObject = 0x7b;
const openList = 0x5b;
const idField: ReadonlySet<string> = new Set(['id']);
const callFields = ['functionCall', 'functionResponse', 'function_call', 'function_response'];

const member = (body: Buffer, start: number, end: number, names: readonly string[]): JsonSpan | undefined => {
  if (body[start] !== openObject) return undefined;
  const { keys } = scanWithin(body, start, end);
  for (const name of names) {
    const span = keys.get(name);
    if (span) return { ...span, start: start + span.start, end: start + span.end };
  }
  return undefined;
};
