import type { Block, ChatRequest, ReasoningBlock, ToolResultBlock, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { ConversationIds } from '../conversation-ids.ts';
import { wrapInput } from '../custom-calls.ts';
import { toolInput } from '../tool-arguments.ts';
import { marked } from './cache-marks.ts';
import { cannotSay } from './cannot-say.ts';
import { writeDocument, writeImage } from './media.ts';
import { dialectName, maxIdLength, toolName } from './wire.ts';

export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: JsonObject[];
}

/** What a message says where nothing is said but something has to stand. */
const continueText = '(continue)';

/**
 * The conversation in Messages' order: tool results first in one user message, neighbours of one role
 * as one, no empty text, a user's turn at the start. What had to be dropped goes into `warnings`.
 */
export const writeMessages = (
  request: ChatRequest,
  model: Model,
  warnings: Set<string>,
): readonly Message[] => {
  const ids = new ConversationIds(maxIdLength);
  const drafts: Draft[] = [];
  for (const turn of request.turns) {
    if (turn.name !== undefined) warnings.add('name');
    const last = drafts.at(-1);
    const role = roleOf(turn, last, model);
    const content = turn.blocks.flatMap((block) => writeBlock(block, turn.role, ids, warnings));
    if (content.length === 0) continue;
    if (turn.role === 'system' && role === 'user') wrapInstruction(content);
    const draft = last?.role === role ? last : { role, results: [], others: [] };
    if (draft !== last) drafts.push(draft);
    for (const block of content) (block.type === 'tool_result' ? draft.results : draft.others).push(block);
  }
  const messages = drafts.map(({ role, results, others }) => ({ role, content: [...results, ...others] }));
  // without it the model would take its own last words for something to go on with
  if (request.turns.at(-1)?.role !== 'assistant' && messages.at(-1)?.role === 'assistant')
    messages.push(continuation(warnings));
  if (messages[0]?.role !== 'user') messages.unshift(continuation(warnings));
  endPrefill(messages, model);
  return messages;
};

/** Results stand before the other blocks of their message, wherever they came from. */
interface Draft {
  readonly role: Message['role'];
  readonly results: JsonObject[];
  readonly others: JsonObject[];
}

const continuation = (warnings: Set<string>): Message => {
  warnings.add('messages');
  return { role: 'user', content: [{ type: 'text', text: continueText }] };
};

/** Instructions in the middle keep their role where the model knows it, and it may stand there. */
const roleOf = (turn: Turn, last: Draft | undefined, model: Model): Message['role'] => {
  if (turn.role !== 'system') return turn.role;
  return model.capabilities.midSystem && last && last.role !== 'assistant' ? 'system' : 'user';
};

const wrapInstruction = (content: JsonObject[]): void => {
  const [first] = content;
  if (content.length === 1 && first) content[0] = { ...first, text: `<system>\n${first.text}\n</system>` };
  else if (content.length > 1) {
    content.unshift({ type: 'text', text: '<system>' });
    content.push({ type: 'text', text: '</system>' });
  }
};

/** A last assistant message is the beginning of the answer, where the model takes one. */
const endPrefill = (messages: readonly Message[], model: Model): void => {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (!model.capabilities.prefill)
    cannotSay('messages', 'ends with a message of the assistant', 'End with one of the user');
  const index = last.content.length - 1;
  const block = last.content[index];
  // refused with white space at its end
  if (typeof block?.text === 'string') last.content[index] = { ...block, text: block.text.trimEnd() };
};

const writeBlock = (
  block: Block,
  role: Turn['role'],
  ids: ConversationIds,
  warnings: Set<string>,
): readonly JsonObject[] => {
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? [] : [marked(block, { type: 'text', text: block.text })];
    case 'refusal':
      return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text }];
    case 'image':
      if (role !== 'user') cannotSay('messages', `has a picture in a message of the ${role}`);
      if (block.detail !== undefined && block.detail !== 'auto') warnings.add('detail');
      return [marked(block, writeImage(block))];
    case 'document':
      if (role !== 'user') cannotSay('messages', `has a document in a message of the ${role}`);
      return [marked(block, writeDocument(block))];
    case 'audio':
      return cannotSay('messages', 'has audio');
    case 'tool-call': {
      const input = block.kind === 'custom' ? wrapInput(block.argumentsText) : toolInput(block.argumentsText);
      return [marked(block, { type: 'tool_use', id: ids.call(block.id), name: toolName(block.name), input })];
    }
    case 'tool-result':
      return [writeResult(block, ids, warnings)];
    case 'reasoning':
      return writeReasoningBlock(block, warnings);
    case 'vendor':
      if (block.dialect === dialectName) return [block.raw as JsonObject];
      return cannotSay(block.path, `is of the kind "${block.kind.slice(0, 64)}"`);
  }
};

const writeResult = (block: ToolResultBlock, ids: ConversationIds, warnings: Set<string>): JsonObject => {
  const id = ids.result(block.callId);
  if (id === undefined)
    return cannotSay('messages', `has a result for the call "${block.callId.slice(0, 64)}" before that call`);
  const inner = block.blocks.flatMap((part) => writeBlock(part, 'user', ids, warnings));
  const [only] = inner;
  const isPlain = inner.length === 1 && only?.type === 'text' && !only.cache_control;
  const content = isPlain ? only.text : inner;
  return marked(block, {
    type: 'tool_result',
    tool_use_id: id,
    ...(inner.length > 0 && { content }),
    ...(block.isError && { is_error: true }),
  });
};

/** Only what Anthropic itself signed; other models' thoughts would be refused. */
const writeReasoningBlock = (
  { text, opaque }: ReasoningBlock,
  warnings: Set<string>,
): readonly JsonObject[] => {
  if (opaque?.vendor === 'anthropic')
    return opaque.kind === 'redacted'
      ? [{ type: 'redacted_thinking', data: opaque.data }]
      : [{ type: 'thinking', thinking: text, signature: opaque.data }];
  warnings.add('reasoning');
  return [];
};
