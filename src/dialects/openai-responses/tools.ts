import type { Tool, ToolChoice } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import {
  kindOf,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { membersOf } from './tool-groups.ts';
import { dialectName } from './wire.ts';

/** Tools are flat here: no `function` object within. What the vendor runs, or groups, is kept as it came. */
export const readTools = (body: JsonObject): readonly Tool[] => {
  const list = optionalArray(body.tools, 'tools') ?? [];
  return list.map((value, at) => readTool(value, () => `tools.${at}`));
};

const readTool = (value: JsonValue, path: () => string): Tool => {
  const tool = requiredObject(value, path);
  const type = requiredString(tool.type, () => `${path()}.type`);
  if (type === 'namespace')
    return { type: 'hosted', dialect: dialectName, kind: type, raw: tool, members: membersOf(tool) };
  if (type !== 'function' && type !== 'custom')
    return { type: 'hosted', dialect: dialectName, kind: type, raw: tool };
  const name = requiredString(tool.name, () => `${path()}.name`);
  const description = optionalString(tool.description, () => `${path()}.description`);
  const described = description === undefined ? {} : { description };
  if (type === 'custom') return { type, name, ...described, ...readGrammar(tool, path) };
  const schema = optionalObject(tool.parameters, () => `${path()}.parameters`);
  const strict = optionalBoolean(tool.strict, () => `${path()}.strict`);
  return { type, name, ...described, ...(schema && { schema }), ...(strict !== undefined && { strict }) };
};

const readGrammar = (tool: JsonObject, path: () => string): { readonly grammar?: JsonObject } => {
  const format = optionalObject(tool.format, () => `${path()}.format`);
  if (format?.type !== 'grammar') return {};
  const { type: _type, ...grammar } = format;
  return { grammar };
};

/** Undefined where nothing was said, or a hosted tool was named: that goes into the extras. */
export const readToolChoice = (
  choice: JsonValue | undefined,
  tools: readonly Tool[],
): ToolChoice | undefined => {
  if (choice === undefined || choice === null) return undefined;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (typeof choice === 'string')
    return refuse(
      'tool_choice',
      `has to be "none", "auto", "required" or an object; it is ${kindOf(choice)}.`,
    );
  const wish = requiredObject(choice, 'tool_choice');
  const type = requiredString(wish.type, 'tool_choice.type');
  if (type === 'allowed_tools') return readSubset(wish, tools);
  if (type !== 'function' && type !== 'custom') return undefined;
  const name = requiredString(wish.name, 'tool_choice.name');
  if (!mayHave(tools, name)) refuse('tool_choice.name', 'names a tool that is not in `tools`.');
  return { type: 'named', name };
};

const readSubset = (wish: JsonObject, tools: readonly Tool[]): ToolChoice | undefined => {
  const mode = optionalString(wish.mode, 'tool_choice.mode') ?? 'auto';
  if (mode !== 'auto' && mode !== 'required') refuse('tool_choice.mode', 'has to be "auto" or "required".');
  const names: string[] = [];
  const list = optionalArray(wish.tools, 'tool_choice.tools') ?? [];
  for (const [at, value] of list.entries()) {
    const tool = requiredObject(value, `tool_choice.tools.${at}`);
    // a subset that holds hosted tools is the vendor's own business
    if (tool.type !== 'function' && tool.type !== 'custom') return undefined;
    const name = requiredString(tool.name, `tool_choice.tools.${at}.name`);
    if (!mayHave(tools, name)) refuse(`tool_choice.tools.${at}.name`, 'names a tool that is not in `tools`.');
    names.push(name);
  }
  return { type: 'subset', names, isRequired: mode === 'required' };
};

/** Tools may also come out of a namespace or a search: then only the vendor can tell. */
const mayHave = (tools: readonly Tool[], name: string): boolean =>
  tools.some((tool) => tool.type === 'hosted' || tool.name === name);

/** Whether `tool_choice` says something that `readToolChoice` has no word for. */
export const isForeignChoice = (choice: JsonValue | undefined, read: ToolChoice | undefined): boolean =>
  read === undefined && isObject(choice);
