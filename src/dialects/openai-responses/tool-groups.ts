import type { Block, GroupMember, PlainTool, Tool } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { takeApart } from '../hosted-tools.ts';
import { textOrUndefined } from './wire.ts';

/**
 * Tools in groups ("namespaces"), which only OpenAI's models know. For others each is a tool of its own,
 * whose name tells its group; calls come back to the caller by group and name.
 */
export const membersOf = (tool: JsonObject): readonly GroupMember[] =>
  listOf(tool.tools).flatMap((member) =>
    member.type === 'namespace' ? membersOf(member) : readMember(member, textOrUndefined(tool.name)),
  );

/** Those that others were offered, by the name they know them by; undefined for most requests. */
export const membersByName = (tools: readonly Tool[]): ReadonlyMap<string, GroupMember> | undefined => {
  if (!tools.some((tool) => tool.type === 'hosted' && tool.members)) return undefined;
  return new Map(takeApart(tools).members.map((member) => [member.plain.name, member]));
};

/** A call into a group, as one of a tool that has none. */
export const plainCall = (item: JsonObject): readonly Block[] | undefined => {
  const { call_id: id, name, namespace: group, type } = item;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof group !== 'string') return undefined;
  const kind = type === 'custom_tool_call' ? 'custom' : 'function';
  const argumentsText = textOrUndefined(kind === 'custom' ? item.input : item.arguments) ?? '';
  return [{ type: 'tool-call', id, name: plainName(group, name), argumentsText, kind }];
};

/** Calls into it are made by the bare name. */
const unnamedGroup = 'functions';

const plainName = (group: string | undefined, name: string): string =>
  group === undefined || group === unnamedGroup ? name : `${group}__${name}`;

/** What is none that the caller runs is nobody's to offer. */
const readMember = (tool: JsonObject, group: string | undefined): readonly GroupMember[] => {
  const name = textOrUndefined(tool.name);
  if (name === undefined || (tool.type !== 'function' && tool.type !== 'custom')) return [];
  const member = { name, plain: readPlain(tool, tool.type, plainName(group, name)) };
  return [group === undefined || group === unnamedGroup ? member : { group, ...member }];
};

const readPlain = (
  { description, parameters, strict, format }: JsonObject,
  type: PlainTool['type'],
  name: string,
): PlainTool => {
  const described = typeof description === 'string' ? { name, description } : { name };
  if (type === 'function')
    return {
      type,
      ...described,
      ...(isObject(parameters) && { schema: parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    };
  if (!isObject(format) || format.type !== 'grammar') return { type, ...described };
  const { type: _type, ...grammar } = format;
  return { type, ...described, grammar };
};

const listOf = (tools: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(tools) ? tools.filter(isObject) : [];
