import type { Block, Tool, Turn } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { kindOf, optionalString, refuse, requiredObject, requiredString } from '../fields.ts';
import { returnToCalls } from '../sealed-reasoning.ts';
import { readContent } from './parts.ts';
import { membersOf, plainCall } from './tool-groups.ts';
import { dialectName, readReasoning } from './wire.ts';

export interface ReadInput {
  readonly system: readonly Block[];
  readonly turns: readonly Turn[];
  /** Those that come with the conversation, not with the request. */
  readonly tools: readonly Tool[];
  /** Some items are named, not sent. */
  readonly hasReferences: boolean;
}

/**
 * The conversation that a list of items tells. Items the model made in a row are one turn; what tools gave
 * back stands in the turn behind the one that called them, wherever it came; leading instructions go apart.
 */
export const readInput = (items: readonly JsonValue[], isContinued: boolean): ReadInput => {
  const reading = new InputReading();
  for (let at = 0; at < items.length; at++) reading.add(items[at], at);
  return reading.end(isContinued);
};

/** A turn that may still grow. */
interface Draft {
  readonly role: Turn['role'];
  readonly blocks: Block[];
  /** What its calls brought: the turn behind it. What the model says from then on is another turn. */
  results?: Result[];
}

interface Result {
  readonly callId: string;
  readonly blocks: Block[];
}

interface Call {
  readonly by: Draft;
  /** Where it stands in that turn, and in the input. */
  readonly place: number;
  readonly at: number;
  readonly item: JsonObject;
  result?: Result;
}

/** Calls of one id: some servers count theirs anew in every answer. */
interface SameCalls {
  readonly calls: Call[];
  answered: number;
}

class InputReading {
  readonly #system: Block[] = [];
  readonly #drafts: Draft[] = [];
  readonly #tools: Tool[] = [];
  readonly #calls = new Map<string, SameCalls>();
  /** Results of calls that are not here: told at the end, when it is known whether they may be elsewhere. */
  #strayAt: number | undefined;
  #hasReferences = false;

  add(value: JsonValue | undefined, at: number): void {
    const item = requiredObject(value, () => `input.${at}`);
    const type = item.type ?? (item.role === undefined ? undefined : 'message');
    switch (type) {
      case 'message':
        this.#message(item, at);
        return;
      case 'function_call':
      case 'custom_tool_call':
        this.#call(item, at, type);
        return;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#result(item, at);
        return;
      case 'reasoning': {
        const block = readReasoning(item);
        if (block) this.#answering().blocks.push(block);
        return;
      }
      default:
        this.#other(item, at, type);
    }
  }

  end(isContinued: boolean): ReadInput {
    const hasReferences = this.#hasReferences;
    if (!isContinued && !hasReferences) this.#refuseUnpaired();
    this.#keepOpenCalls();
    const turns: Turn[] = [];
    for (const { role, blocks, results } of this.#drafts) {
      turns.push({ role, blocks: role === 'assistant' ? returnToCalls(blocks) : blocks });
      if (results) turns.push({ role: 'user', blocks: results.map(resultBlock) });
    }
    return { system: this.#system, turns, tools: this.#tools, hasReferences };
  }

  #message(item: JsonObject, at: number): void {
    const { role } = item;
    const blocks = readContent(item.content, () => `input.${at}.content`);
    switch (role) {
      case 'assistant':
        this.#answering().blocks.push(...blocks);
        return;
      case 'user':
        this.#drafts.push({ role, blocks: [...blocks] });
        return;
      case 'system':
      case 'developer':
        this.#instruct(blocks);
        return;
      default:
        refuse(
          `input.${at}.role`,
          `has to be "user", "assistant", "system" or "developer"; it is ${typeof role === 'string' && role ? JSON.stringify(role.slice(0, 32)) : kindOf(role)}.`,
        );
    }
  }

  #instruct(blocks: readonly Block[]): void {
    if (this.#drafts.length === 0) this.#system.push(...blocks);
    else this.#drafts.push({ role: 'system', blocks: [...blocks] });
  }

  /** The turn of the model that its next item belongs to. */
  #answering(): Draft {
    const last = this.#drafts.at(-1);
    if (last?.role === 'assistant' && !last.results) return last;
    const draft: Draft = { role: 'assistant', blocks: [] };
    this.#drafts.push(draft);
    return draft;
  }

  #call(item: JsonObject, at: number, type: 'function_call' | 'custom_tool_call'): void {
    const path = `input.${at}`;
    const id = requiredString(item.call_id, `${path}.call_id`);
    const by = this.#answering();
    const place = by.blocks.length;
    // a call into a namespace has no words in other dialects, but for those who were offered its members
    if (item.namespace !== undefined && item.namespace !== null)
      by.blocks.push(vendor(item, at, type, plainCall(item)));
    else
      by.blocks.push({
        type: 'tool-call',
        id,
        name: requiredString(item.name, `${path}.name`),
        argumentsText:
          type === 'function_call'
            ? (optionalString(item.arguments, `${path}.arguments`) ?? '')
            : (optionalString(item.input, `${path}.input`) ?? ''),
        kind: type === 'function_call' ? 'function' : 'custom',
      });
    const call = { by, place, at, item };
    const same = this.#calls.get(id);
    if (same) same.calls.push(call);
    else this.#calls.set(id, { calls: [call], answered: 0 });
  }

  #result(item: JsonObject, at: number): void {
    const callId = requiredString(item.call_id, `input.${at}.call_id`);
    const blocks = item.output === null ? [] : readContent(item.output, () => `input.${at}.output`);
    const same = this.#calls.get(callId);
    if (!same) {
      this.#strayAt ??= at;
      this.#drafts.push({ role: 'user', blocks: [resultBlock({ callId, blocks: [...blocks] })] });
      return;
    }
    // the oldest that has none yet; more of the last one where all have theirs
    const call = same.calls[same.answered] ?? same.calls.at(-1);
    if (!call) return;
    if (call.result) {
      call.result.blocks.push(...blocks);
      return;
    }
    same.answered += 1;
    call.result = { callId, blocks: [...blocks] };
    call.by.results ??= [];
    call.by.results.push(call.result);
  }

  /** Items of hosted tools, of the vendor's own bookkeeping, and those thought of after this was written. */
  #other(item: JsonObject, at: number, type: JsonValue | undefined): void {
    const kind = type === undefined && item.id ? 'item_reference' : requiredString(type, `input.${at}.type`);
    const block = vendor(item, at, kind, kind === addedTools ? [] : undefined);
    if (kind === addedTools)
      this.#tools.push({
        type: 'hosted',
        dialect: dialectName,
        kind,
        raw: { type: kind },
        members: membersOf(item),
      });
    if (kind === 'item_reference') {
      requiredString(item.id, `input.${at}.id`);
      this.#hasReferences = true;
      this.#answering().blocks.push(block);
    } else if (bookkeeping.has(kind)) this.#instruct([block]);
    else if (kind.endsWith('_output') || kind.endsWith('_response'))
      this.#drafts.push({ role: 'user', blocks: [block] });
    else this.#answering().blocks.push(block);
  }

  /** A call without its result is something only this vendor can go on from. */
  #keepOpenCalls(): void {
    for (const { by, place, at, item } of this.#openCalls())
      by.blocks[place] = vendor(item, at, String(item.type));
  }

  *#openCalls(): Generator<Call> {
    for (const { calls } of this.#calls.values()) for (const call of calls) if (!call.result) yield call;
  }

  #refuseUnpaired(): void {
    if (this.#strayAt !== undefined)
      refuse(
        `input.${this.#strayAt}.call_id`,
        'answers no call: put the call it answers (the same `call_id`) before it.',
      );
    // one that runs on by itself may be answered later
    for (const { at, item } of this.#openCalls())
      if (item.async !== true)
        refuse(
          `input.${at}.call_id`,
          `is the call "${String(item.call_id).slice(0, 64)}", which no item answers: add its output with the same \`call_id\`.`,
        );
  }
}

/** An item that brings more tools in the middle of a conversation. */
export const addedTools = 'additional_tools';

/** What sets the vendor's machine, and was said by nobody. */
const bookkeeping: ReadonlySet<string> = new Set([addedTools, 'configuration_update', 'compaction_trigger']);

const resultBlock = ({ callId, blocks }: Result): Block => ({
  type: 'tool-result',
  callId,
  blocks,
  isError: false,
});

const vendor = (raw: JsonObject, at: number, kind: string, plain?: readonly Block[]): Block => ({
  type: 'vendor',
  dialect: dialectName,
  kind,
  path: `input.${at}`,
  raw,
  ...(plain && { plain }),
});
