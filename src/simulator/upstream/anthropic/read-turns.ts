import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { withoutReminders } from '../../answer-source.ts';
import { isText } from '../wire.ts';
import { refuse } from './problem.ts';
import { readAssistantBlock, readResult, readUserBlock } from './read-blocks.ts';
import type { Reading } from './reading.ts';

export interface ReadTurns {
  readonly userText: string;
  readonly results: readonly string[];
  readonly rounds: number;
  /** The last assistant turn, where the newest turn brings results of its calls: what a tool loop began with. */
  readonly loop: readonly JsonObject[] | undefined;
}

type Said = Pick<ReadTurns, 'userText' | 'results' | 'rounds'>;

interface Turn {
  readonly role: string;
  readonly at: number;
  readonly blocks: readonly { readonly block: JsonObject; readonly path: string }[];
}

/** Walks the messages, checks what must stand where, and finds the newest words of a person. */
export const readTurns = (messages: readonly JsonValue[], reading: Reading): ReadTurns => {
  if (messages.length === 0) throw refuse('messages', 'at least one message is required');
  const turns = merged(messages.map((message, at) => readTurn(message, at, messages.length, reading)));
  let said: Said = { userText: '', results: [], rounds: 0 };
  for (const [index, turn] of turns.entries()) {
    checkPlace(turn, turns[index - 1]);
    reading.prompt.message(turn.role);
    said = readBlocks(turn, said, reading);
  }
  if (reading.open.size > 0) throw unanswered(turns.length - 1, reading.open);
  const last = turns.at(-1);
  const isLoop = last?.role === 'user' && last.blocks.some(({ block }) => block.type === 'tool_result');
  return { ...said, loop: isLoop ? turns.at(-2)?.blocks.map(({ block }) => block) : undefined };
};

const readTurn = (
  message: JsonValue,
  at: number,
  count: number,
  { model, takesTurnControl }: Reading,
): Turn => {
  const path = `messages.${at}`;
  if (!isObject(message)) throw refuse(path, 'Input should be an object');
  const fields = [
    'role',
    'content',
    ...(takesTurnControl && message.role === 'system' ? ['output_config'] : []),
  ];
  const extra = Object.keys(message).find((field) => !fields.includes(field));
  if (extra !== undefined) throw refuse(`${path}.${extra}`, 'Extra inputs are not permitted');
  const { role, content } = message;
  const isLast = at === count - 1;
  if (role !== 'user' && role !== 'assistant' && !(role === 'system' && model.capabilities.midSystem))
    throw refuse(
      `${path}.role`,
      `Unexpected role "${String(role)}". The Messages API accepts "user" and "assistant".`,
    );
  if (at === 0 && role !== 'user') throw refuse('messages', 'first message must use the "user" role');
  if (isLast && role === 'assistant' && !model.capabilities.prefill)
    throw refuse(
      '',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  const blocks = isText(content) ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(blocks)) throw refuse(`${path}.content`, 'Field required');
  const isEmpty = blocks.length === 0 || content === '';
  if (isEmpty && !(role === 'assistant' && isLast))
    throw refuse(
      path,
      'all messages must have non-empty content except for the optional final assistant message',
    );
  if (isLast && role === 'assistant') checkPrefill(blocks as readonly JsonValue[]);
  return {
    role,
    at,
    blocks: (isEmpty ? [] : (blocks as readonly JsonValue[])).map((block, index) => {
      const where = `${path}.content.${index}`;
      if (!isObject(block) || !isText(block.type)) throw refuse(`${where}.type`, 'Field required');
      return { block, path: where };
    }),
  };
};

const checkPrefill = (blocks: readonly JsonValue[]): void => {
  const last = blocks.at(-1);
  if (isObject(last) && isText(last.text) && /\s$/.test(last.text))
    throw refuse('messages', 'final assistant content cannot end with trailing whitespace');
};

/** Equal roles in a row are one turn to the vendor. */
const merged = (turns: readonly Turn[]): readonly Turn[] => {
  const whole: Turn[] = [];
  for (const turn of turns) {
    const before = whole.at(-1);
    if (before?.role === turn.role && turn.role !== 'system')
      whole[whole.length - 1] = { ...before, blocks: [...before.blocks, ...turn.blocks] };
    else whole.push(turn);
  }
  return whole;
};

/** An instruction in the middle comes after a user's turn, or after what a tool of the vendor gave. */
const checkPlace = ({ role, at }: Turn, before: Turn | undefined): void => {
  if (role !== 'system' || before?.role === 'user' || before?.role === 'system') return;
  if (before?.blocks.at(-1)?.path && String(before.blocks.at(-1)?.block.type).endsWith('_tool_result'))
    return;
  throw refuse(`messages.${at}.role`, 'a "system" message must follow a "user" message');
};

const readBlocks = ({ role, at, blocks }: Turn, before: Said, reading: Reading): Said => {
  const texts: string[] = [];
  const results: string[] = [];
  let hasOther = false;
  for (const { block, path } of blocks) {
    if (block.type === 'tool_result') {
      if (hasOther && reading.open.size > 0) throw unanswered(at - 1, reading.open);
      results.push(readResult(block, path, role, reading));
      continue;
    }
    hasOther = true;
    if (role === 'assistant') readAssistantBlock(block, path, reading, texts);
    else readUserBlock(block, path, role, reading, texts);
  }
  if (role === 'assistant') return before;
  if (reading.open.size > 0) throw unanswered(at - 1, reading.open);
  if (role === 'system') return before;
  const said = withoutReminders(texts.join('\n'));
  // results and new words in one turn: the words are what is to be done now
  if (said) return { userText: said, results: [], rounds: 0 };
  return { userText: before.userText, results, rounds: before.rounds + (results.length > 0 ? 1 : 0) };
};

const unanswered = (at: number, open: ReadonlySet<string>): Error =>
  refuse(
    `messages.${at}`,
    `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${[...open].join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
