import type { Block, ChatRequest } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { RequestAddress } from '../dialect.ts';
import { kindOf, optionalString, refuse, requiredObject } from '../fields.ts';
import { readContents } from './contents.ts';
import { readGenerationConfig } from './generation-config.ts';
import { readPart } from './parts.ts';
import { readToolConfig, readTools } from './tools.ts';
import { camelName, dialectName, field } from './wire.ts';

/** The canonical request of a `generateContent` body; its model and whether it streams stand in the path. */
export const readRequest = (body: JsonObject, address?: RequestAddress): ChatRequest => {
  const contents = field(body, 'contents');
  if (!Array.isArray(contents))
    return refuse('contents', `has to be a list of contents; it is ${kindOf(contents)}.`);
  if (contents.length === 0) refuse('contents', 'is empty: send at least one content.');
  const tools = readTools(field(body, 'tools'));
  const choice = readToolConfig(field(body, 'toolConfig'), tools);
  const config = readGenerationConfig(field(body, 'generationConfig'));
  const serviceTier = optionalString(field(body, 'serviceTier'), 'serviceTier');
  return {
    dialect: dialectName,
    model: modelOf(body, address),
    system: readSystem(field(body, 'systemInstruction')),
    turns: readContents(contents as readonly JsonValue[]),
    tools: choice.isValidated
      ? tools.map((tool) => (tool.type === 'function' ? { ...tool, strict: true } : tool))
      : tools,
    ...(choice.toolChoice && { toolChoice: choice.toolChoice }),
    ...config.fields,
    stream: address?.isStream ?? false,
    wantsUsage: true,
    ...(serviceTier !== undefined && serviceTier !== 'unspecified' && { serviceTier }),
    extras: readExtras(body, choice.extras, config.extras),
  };
};

const modelOf = (body: JsonObject, address: RequestAddress | undefined): string => {
  const model = address?.model ?? body.model;
  if (typeof model !== 'string' || model === '' || model === 'models/')
    return refuse('model', 'is missing: name one in the path, "/v1beta/models/{model}:generateContent".');
  return model.startsWith('models/') ? model.slice('models/'.length) : model;
};

/** A content without a role; a bare string is what some servers take. */
const readSystem = (value: JsonValue | undefined): readonly Block[] => {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }];
  const { parts } = requiredObject(value, 'systemInstruction');
  if (parts === undefined || parts === null) return [];
  const list = (Array.isArray(parts) ? parts : [parts]) as readonly JsonValue[];
  return list.map((part, index) => {
    const path = () => `systemInstruction.parts.${index}`;
    return readPart(requiredObject(part, path), path);
  });
};

const readExtras = (body: JsonObject, ...others: readonly JsonObject[]): JsonObject => {
  const extras: [string, JsonValue][] = [];
  for (const key of Object.keys(body)) {
    const value = body[key];
    if (value !== undefined && value !== null && !canonicalFields.has(camelName(key)))
      extras.push([camelName(key), value]);
  }
  for (const other of others)
    for (const [key, value] of Object.entries(other)) if (value !== undefined) extras.push([key, value]);
  // fromEntries, because a caller may well send a field "__proto__"
  return extras.length > 0 ? Object.fromEntries(extras) : noExtras;
};

const noExtras: JsonObject = {};

const canonicalFields: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
]);
