import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { withoutReminders } from '../../answer-source.ts';
import { checkKnown, problem } from '../openai/problem.ts';
import type { PromptBuilder } from '../prompt.ts';
import { isNothing, isText, WireProblem } from '../wire.ts';
import { unseal } from './encrypted.ts';
import { readParts } from './read-parts.ts';
import type { ResponseStore } from './store.ts';

export interface InputParts {
  readonly prompt: PromptBuilder;
  readonly store: ResponseStore;
  readonly organisation: string;
  readonly model: string;
  /** A header of Codex's says that items may hold its notes. */
  readonly isLite: boolean;
}

export interface ReadInput {
  readonly userText: string;
  readonly results: readonly string[];
  readonly rounds: number;
  /** Reasoning that this model cannot read: left out, and told of. */
  readonly transformations: readonly JsonObject[];
}

interface Reading extends InputParts {
  userText: string;
  results: string[];
  rounds: number;
  /** No call is open: the next one begins a round. */
  isBetween: boolean;
  readonly calls: Map<string, string>;
  readonly answered: Set<string>;
  readonly reasoning: Set<string>;
  readonly transformations: JsonObject[];
}

/** Walks the items in their order, checks what belongs together, and finds the newest words of a person. */
export const readInput = (items: readonly JsonValue[], parts: InputParts): ReadInput => {
  const reading: Reading = {
    ...parts,
    userText: '',
    results: [],
    rounds: 0,
    isBetween: true,
    calls: new Map(),
    answered: new Set(),
    reasoning: new Set(),
    transformations: [],
  };
  for (const [at, item] of items.entries()) readItem(item, at, items, reading);
  const open = [...reading.calls.keys()].find((id) => !reading.answered.has(id));
  if (open !== undefined)
    throw problem(`No tool output found for ${reading.calls.get(open)} ${open}.`, 'input');
  const last = items.at(-1);
  return {
    userText: reading.userText,
    results: isObject(last) && last.role === 'assistant' ? [] : reading.results,
    rounds: reading.rounds,
    transformations: reading.transformations,
  };
};

const readItem = (item: JsonValue, at: number, items: readonly JsonValue[], reading: Reading): void => {
  const path = `input[${at}]`;
  if (!isObject(item)) throw problem(`Invalid type for '${path}': expected an object.`, path, 'invalid_type');
  const type = item.type ?? (isText(item.role) ? 'message' : undefined);
  const known = isText(type) ? fields[type] : undefined;
  if (known) checkKnown(item, reading.isLite ? [...known, codexNote] : known, path);
  switch (type) {
    case 'message':
      readMessage(item, path, reading);
      return;
    case 'function_call':
    case 'custom_tool_call':
      readCall(item, path, reading);
      return;
    case 'function_call_output':
    case 'custom_tool_call_output':
      readOutput(item, path, reading);
      return;
    case 'reasoning':
      readReasoning(item, path, items[at + 1], reading);
      return;
    case 'item_reference': {
      const stored = isText(item.id) ? reading.store.item(item.id, reading.organisation) : undefined;
      if (!stored) throw missingItem(item.id);
      readItem(stored, at, items, reading);
      return;
    }
    case 'compaction':
      checkSealed(item.encrypted_content, path, reading.organisation);
      reading.prompt.json(item);
      return;
    default:
      if (!isText(type) || !hosted.includes(type))
        throw problem(`Invalid value: '${String(type)}'.`, `${path}.type`, 'invalid_value');
      reading.prompt.json(item);
  }
};

/** What an item may have; reasoning has a status only where the vendor tells it. */
const codexNote = 'internal_chat_message_metadata_passthrough';

const fields: Readonly<Record<string, readonly string[]>> = {
  message: ['type', 'id', 'status', 'role', 'content', 'phase'],
  function_call: ['type', 'id', 'status', 'call_id', 'name', 'arguments', 'namespace', 'caller'],
  function_call_output: ['type', 'id', 'status', 'call_id', 'output', 'caller'],
  custom_tool_call: ['type', 'id', 'status', 'call_id', 'name', 'input', 'namespace', 'caller'],
  custom_tool_call_output: ['type', 'id', 'status', 'call_id', 'output', 'caller'],
  reasoning: ['type', 'id', 'summary', 'content', 'encrypted_content'],
  item_reference: ['type', 'id'],
  compaction: ['type', 'id', 'encrypted_content', 'created_by'],
};

/** Items of the vendor's own tools and settings: taken as they are. */
const hosted = [
  ...[
    'compaction_trigger',
    'additional_tools',
    'configuration_update',
    'tool_search_call',
    'tool_search_output',
  ],
  ...[
    'program',
    'program_output',
    'web_search_call',
    'file_search_call',
    'computer_call',
    'computer_call_output',
  ],
  ...['code_interpreter_call', 'image_generation_call', 'local_shell_call', 'local_shell_call_output'],
  ...['shell_call', 'shell_call_output', 'apply_patch_call', 'apply_patch_call_output'],
  ...['mcp_call', 'mcp_list_tools', 'mcp_approval_request', 'mcp_approval_response'],
];

const roles = ['user', 'assistant', 'system', 'developer'];

const readMessage = (item: JsonObject, path: string, reading: Reading): void => {
  const { role } = item;
  if (!isText(role) || !roles.includes(role))
    throw problem(
      `Invalid value: '${String(role)}'. Supported values are: ${roles.join(', ')}.`,
      `${path}.role`,
      'invalid_value',
    );
  checkId(item.id, 'msg', path);
  reading.prompt.message(role);
  const text = readParts(
    item.content,
    `${path}.content`,
    role === 'assistant' ? 'output' : 'input',
    reading.prompt,
  );
  if (role !== 'user') return;
  const said = withoutReminders(text);
  if (!said) return;
  reading.userText = said;
  reading.results = [];
  reading.rounds = 0;
};

const readCall = (item: JsonObject, path: string, reading: Reading): void => {
  const { prompt, calls, store, reasoning } = reading;
  const isCustom = item.type === 'custom_tool_call';
  checkId(item.id, isCustom ? 'ctc' : 'fc', path);
  const callId = readCallId(item.call_id, path);
  const text = isCustom ? item.input : item.arguments;
  const field = isCustom ? 'input' : 'arguments';
  if (!isText(item.name))
    throw problem(
      `Missing required parameter: '${path}.name'.`,
      `${path}.name`,
      'missing_required_parameter',
    );
  if (!isText(text))
    throw problem(
      `Missing required parameter: '${path}.${field}', a string.`,
      `${path}.${field}`,
      isNothing(text) ? 'missing_required_parameter' : 'invalid_type',
    );
  if (calls.has(callId)) throw problem(`Duplicate call_id '${callId}'.`, `${path}.call_id`);
  const needed = isText(item.id) ? store.reasoningOf(item.id) : undefined;
  if (needed !== undefined && !reasoning.has(needed))
    throw problem(
      `Item '${item.id}' of type '${item.type}' was provided without its required 'reasoning' item: '${needed}'.`,
      'input',
    );
  if (reading.isBetween) reading.rounds += 1;
  reading.isBetween = false;
  calls.set(callId, isCustom ? 'custom tool call' : 'function call');
  prompt.json({ name: item.name, input: text });
};

const readOutput = (item: JsonObject, path: string, reading: Reading): void => {
  const callId = readCallId(item.call_id, path);
  if (!reading.calls.has(callId))
    throw problem(`No tool call found for function call output with call_id ${callId}.`, 'input');
  if (reading.answered.has(callId)) throw problem(`Duplicate tool output for call_id ${callId}.`, 'input');
  reading.answered.add(callId);
  reading.isBetween = true;
  if (isNothing(item.output))
    throw problem(
      `Missing required parameter: '${path}.output'.`,
      `${path}.output`,
      'missing_required_parameter',
    );
  reading.prompt.message('tool');
  reading.results.push(readParts(item.output, `${path}.output`, 'result', reading.prompt));
};

const readReasoning = (
  item: JsonObject,
  path: string,
  next: JsonValue | undefined,
  reading: Reading,
): void => {
  const { prompt, store, organisation, model } = reading;
  if (!isText(item.id)) {
    if (isNothing(item.encrypted_content))
      throw problem(`Missing required parameter: '${path}.id'.`, `${path}.id`, 'missing_required_parameter');
  } else {
    checkId(item.id, 'rs', path);
    reading.reasoning.add(item.id);
  }
  if (!Array.isArray(item.summary))
    throw problem(
      `Missing required parameter: '${path}.summary'.`,
      `${path}.summary`,
      'missing_required_parameter',
    );
  if (!isObject(next) || !(next.role === 'assistant' || followers.test(String(next.type))))
    throw problem(
      `Item '${item.id}' of type 'reasoning' was provided without its required following item.`,
      'input',
    );
  const sealed = isNothing(item.encrypted_content)
    ? undefined
    : checkSealed(item.encrypted_content, path, organisation);
  if (!sealed && !(isText(item.id) && store.item(item.id, organisation))) throw missingItem(item.id);
  if (sealed && sealed.model !== model) {
    reading.transformations.push({ type: 'reasoning_dropped', item_id: item.id, reason: 'model_mismatch' });
    return;
  }
  prompt.json(item.summary);
};

/** What a model may say right after it has thought; also by reference. */
const followers = /^(?:message|reasoning|item_reference|\w+_call|mcp_\w+)$/;

const checkSealed = (
  content: JsonValue | undefined,
  path: string,
  organisation: string,
): ReturnType<typeof unseal> => {
  const sealed = isText(content) ? unseal(content) : undefined;
  if (sealed?.organisation === organisation) return sealed;
  throw problem(
    `The encrypted content ${String(content).slice(0, 12)}… could not be verified. Reason: ${sealed ? 'Encrypted content organization_id did not match the target organization' : 'Encrypted content could not be decrypted or parsed'}.`,
    `${path}.encrypted_content`,
    'invalid_encrypted_content',
  );
};

const checkId = (id: JsonValue | undefined, prefix: string, path: string): void => {
  if (isNothing(id)) return;
  if (!isText(id) || !id.startsWith(prefix))
    throw problem(
      `Invalid '${path}.id': '${String(id)}'. Expected an ID that begins with '${prefix}'.`,
      `${path}.id`,
      'invalid_value',
    );
};

const readCallId = (id: JsonValue | undefined, path: string): string => {
  if (!isText(id) || id === '')
    throw problem(
      `Missing required parameter: '${path}.call_id'.`,
      `${path}.call_id`,
      'missing_required_parameter',
    );
  if (id.length > 64)
    throw problem(
      `Invalid '${path}.call_id': string too long. Expected a string with maximum length 64, but got ${id.length}.`,
      `${path}.call_id`,
      'string_above_max_length',
    );
  return id;
};

const missingItem = (id: JsonValue | undefined): WireProblem =>
  new WireProblem(
    404,
    `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false.`,
    { param: 'input', type: 'invalid_request_error', code: 'item_not_found' },
  );
