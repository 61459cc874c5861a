import { type Block, type ChatRequest, type Tool, type ToolCallBlock, textOf } from '../core/chat.ts';
import type { EvidenceAgainst } from '../core/decision.ts';
import type { JsonObject } from '../core/json.ts';
import type { Reply } from '../core/reply.ts';
import { answerTokens } from '../core/usage.ts';
import { misfitOf } from '../kit/json-schema.ts';
import { isRefusalText } from './refusal-text.ts';

/** What speaks against an answer by its own looks, in words that begin with its kind: "misfit: `$.city` is missing". */
export const evidenceIn = (
  reply: Reply,
  request: ChatRequest,
  looked: readonly EvidenceAgainst[],
): string | undefined => {
  for (const kind of looked) {
    const found = looks[kind](reply, request);
    if (found !== undefined) return found === '' ? kind : `${kind}: ${found}`;
  }
  return undefined;
};

/** Undefined where there is nothing of the kind; "" where its name says all. */
type Look = (reply: Reply, request: ChatRequest) => string | undefined;

const callsOf = ({ blocks }: Reply): readonly ToolCallBlock[] =>
  blocks.filter((block) => block.type === 'tool-call');

const misfit: Look = (reply, { format }) => {
  if (format.type === 'text') return undefined;
  // what was cut or refused is another matter, and calls come before any answer
  if (reply.reason !== 'stop' && reply.reason !== 'unknown') return undefined;
  if (reply.blocks.some(({ type }) => type === 'tool-call' || type === 'refusal')) return undefined;
  const value = parsed(textOf(reply.blocks));
  if (value === undefined) return 'it is not JSON';
  if (format.type === 'schema') return misfitOf(value, format.schema);
  return typeof value === 'object' && value !== null ? undefined : 'it is no JSON object';
};

const badCall: Look = (reply, request) => {
  if (reply.reason === 'malformed-call') return 'it cannot be read';
  const { toolChoice } = request;
  const calls = callsOf(reply);
  if (calls.length === 0)
    return isCallDemanded(request) && reply.reason !== 'length' ? 'none, though one was demanded' : undefined;
  if (toolChoice?.type === 'none') return 'one, though none was allowed';
  const offered = toolsOf(request);
  for (const call of calls) {
    const wrong = callFault(call, offered, request);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
};

const isCallDemanded = ({ toolChoice, tools }: ChatRequest): boolean => {
  if (tools.length === 0 || !toolChoice) return false;
  return (
    toolChoice.type === 'required' ||
    toolChoice.type === 'named' ||
    (toolChoice.type === 'subset' && toolChoice.isRequired)
  );
};

interface Offered {
  /** By name: the schema of the arguments, undefined where they may be anything. */
  readonly schemas: ReadonlyMap<string, JsonObject | undefined>;
  /** Some tools have names that only their vendor knows. */
  readonly isOpen: boolean;
}

const toolsOf = ({ tools }: ChatRequest): Offered => {
  const schemas = new Map<string, JsonObject | undefined>();
  let isOpen = false;
  for (const tool of tools) {
    if (tool.type === 'function') schemas.set(tool.name, tool.schema);
    else if (tool.type === 'custom') schemas.set(tool.name, undefined);
    else if (!addHosted(tool, schemas)) isOpen = true;
  }
  return { schemas, isOpen };
};

const addHosted = (
  tool: Tool & { type: 'hosted' },
  schemas: Map<string, JsonObject | undefined>,
): boolean => {
  for (const { name, plain } of tool.members ?? []) {
    const schema = plain.type === 'function' ? plain.schema : undefined;
    schemas.set(name, schema);
    schemas.set(plain.name, schema);
  }
  const { raw } = tool;
  const name = typeof raw === 'object' && raw !== null && 'name' in raw ? raw.name : undefined;
  if (typeof name !== 'string') return tool.members !== undefined;
  if (!schemas.has(name)) schemas.set(name, undefined);
  return true;
};

const callFault = (
  { name, kind, argumentsText }: ToolCallBlock,
  { schemas, isOpen }: Offered,
  { toolChoice }: ChatRequest,
): string | undefined => {
  const shown = name.slice(0, 64);
  if (!schemas.has(name)) return isOpen ? undefined : `there is no tool ${shown}`;
  if (toolChoice?.type === 'named' && toolChoice.name !== name)
    return `${shown}, though ${toolChoice.name} was demanded`;
  if (toolChoice?.type === 'subset' && !toolChoice.names.includes(name)) return `${shown} was not allowed`;
  if (kind === 'custom') return undefined;
  const given = argumentsText.trim() === '' ? {} : parsed(argumentsText);
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `the arguments of ${shown} are no JSON object`;
  const schema = schemas.get(name);
  const wrong = schema && misfitOf(given, schema);
  return wrong === undefined ? undefined : `${shown}: ${wrong}`;
};

const refusal: Look = (reply) => {
  if (reply.reason === 'refusal' || reply.reason === 'content-filter') return '';
  if (reply.blocks.some(({ type }) => type === 'refusal')) return '';
  if (callsOf(reply).length > 0) return undefined;
  return isRefusalText(textOf(reply.blocks)) ? '' : undefined;
};

const empty: Look = ({ blocks, reason }) =>
  reason === 'paused' || blocks.some(saysSomething) ? undefined : '';

const saysSomething = (block: Block): boolean => {
  if (block.type === 'reasoning') return false;
  return block.type === 'text' || block.type === 'refusal' ? block.text.trim() !== '' : true;
};

/** At a limit of the caller's own another model would be cut, too: that counts only where it shows that something is missing. */
const truncated: Look = (reply, { maxOutputTokens, format }) => {
  const { reason, usage, hasUsage, blocks } = reply;
  if (reason === 'context-full') return '';
  if (reason !== 'length') return undefined;
  if (maxOutputTokens === undefined) return '';
  if (hasUsage && answerTokens(usage) < maxOutputTokens * nearly) return '';
  const calls = callsOf(reply);
  if (
    calls.some(
      ({ kind, argumentsText }) =>
        kind === 'function' && argumentsText !== '' && parsed(argumentsText) === undefined,
    )
  )
    return '';
  if (calls.length > 0) return undefined;
  const text = textOf(blocks);
  if (text.trim() === '' || hasOpenFence(text)) return '';
  return format.type !== 'text' && parsed(text) === undefined ? '' : undefined;
};

/** Vendors count a little differently from what they limit. */
const nearly = 0.9;

const hasOpenFence = (text: string): boolean => text.split('```').length % 2 === 0;

const looks: Readonly<Record<EvidenceAgainst, Look>> = {
  misfit,
  'bad-call': badCall,
  refusal,
  empty,
  truncated,
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
