import type { Block, OpaqueReasoning, Turn } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { exactText } from '../../kit/exact-json.ts';
import {
  kindOf,
  optionalArray,
  optionalObject,
  optionalString,
  refuse,
  requiredObject,
  requiredString,
} from '../fields.ts';
import { isPresent, readPart } from './parts.ts';
import { field, readSignature } from './wire.ts';

/**
 * The turns of a conversation. Contents of one role in a row are one turn (SDKs keep a stream's pieces
 * apart), calls without an id get one, and each result finds its call: by id, by name, at last by order.
 */
export const readContents = (contents: readonly JsonValue[]): readonly Turn[] => {
  const turns: Draft[] = [];
  const calls = new OpenCalls(idsIn(contents));
  for (let at = 0; at < contents.length; at++) {
    const content = requiredObject(contents[at], () => `contents.${at}`);
    const role = roleOf(content.role, at);
    const parts = partsOf(content, role, at);
    const last = turns.at(-1);
    const turn = last?.role === role ? last : { role, blocks: [] };
    if (turn !== last) {
      if (role === 'assistant') calls.end();
      turns.push(turn);
    }
    for (let index = 0; index < parts.length; index++) {
      const path = () => `contents.${at}.parts.${index}`;
      takePart(requiredObject(parts[index], path), turn, calls, path);
    }
  }
  calls.end();
  return turns;
};

interface Draft {
  readonly role: 'user' | 'assistant';
  readonly blocks: Block[];
}

const roleOf = (role: JsonValue | undefined, at: number): Draft['role'] => {
  if (role === undefined || role === null || role === '' || role === 'user' || role === 'function')
    return 'user';
  if (role === 'model') return 'assistant';
  return refuse(
    () => `contents.${at}.role`,
    `has to be "user" or "model"; it is ${typeof role === 'string' ? 'another word' : kindOf(role)}.`,
  );
};

/** A model that was blocked has said nothing, and SDKs keep that. */
const partsOf = (content: JsonObject, role: Draft['role'], at: number): readonly JsonValue[] => {
  const parts = optionalArray(content.parts, () => `contents.${at}.parts`) ?? [];
  if (parts.length === 0 && role === 'user')
    refuse(() => `contents.${at}.parts`, 'is empty: a content has at least one part.');
  return parts;
};

const takePart = (part: JsonObject, { role, blocks }: Draft, calls: OpenCalls, path: () => string): void => {
  const opaque = readSignature(field(part, 'thoughtSignature'));
  const call = field(part, 'functionCall');
  if (isPresent(call)) {
    if (role === 'user') refuse(path, 'is a `functionCall` of the user: only role "model" calls.');
    takeCall(
      requiredObject(call, () => `${path()}.functionCall`),
      opaque,
      blocks,
      calls,
      path,
    );
    return;
  }
  const response = field(part, 'functionResponse');
  if (isPresent(response)) {
    if (role === 'assistant') refuse(path, 'is a `functionResponse` of the model: results have role "user".');
    blocks.push(
      readResult(
        requiredObject(response, () => `${path()}.functionResponse`),
        calls,
        path,
      ),
    );
    return;
  }
  if (role === 'user') {
    blocks.push(readPart(part, path));
    return;
  }
  if (part.thought === true && (typeof part.text === 'string' || opaque)) {
    think(blocks, typeof part.text === 'string' ? part.text : '', opaque);
    return;
  }
  if (isPresent(field(part, 'thoughtSignature')) && isBare(part)) {
    if (opaque) think(blocks, '', opaque, opaque.vendor !== 'google');
    return;
  }
  if (opaque && opaque.vendor !== 'google') think(blocks, '', opaque);
  addSaid(blocks, readPart(part, path));
  // Google's own stands right behind the words it belongs to
  if (opaque?.vendor === 'google') blocks.push({ type: 'reasoning', text: '', opaque });
};

/** Nothing but a signature, which a stream sends behind the text. */
const isBare = (part: JsonObject): boolean =>
  part.text === '' ||
  Object.keys(part).every((key) => key === 'thoughtSignature' || key === 'thought_signature');

/** Pieces of one thought, and the signature that comes behind them, are one block. */
const think = (blocks: Block[], text: string, opaque: OpaqueReasoning | undefined, isOne = true): void => {
  const last = blocks.at(-1);
  const signed = opaque && { opaque };
  if (isOne && last?.type === 'reasoning' && !last.opaque)
    blocks[blocks.length - 1] = { ...last, text: last.text + text, ...signed };
  else blocks.push({ type: 'reasoning', text, ...signed });
};

/** Pieces of a streamed answer are one text again: other dialects would put spaces or breaks between. */
const addSaid = (blocks: Block[], block: Block): void => {
  if (block.type === 'text' && block.text === '') return;
  const last = blocks.at(-1);
  if (block.type === 'text' && last?.type === 'text')
    blocks[blocks.length - 1] = { ...last, text: last.text + block.text };
  else blocks.push(block);
};

const takeCall = (
  raw: JsonObject,
  opaque: OpaqueReasoning | undefined,
  blocks: Block[],
  calls: OpenCalls,
  path: () => string,
): void => {
  const name = requiredString(raw.name, () => `${path()}.functionCall.name`);
  const id = optionalString(raw.id, () => `${path()}.functionCall.id`);
  const args = optionalObject(raw.args, () => `${path()}.functionCall.args`);
  const isOwn = opaque?.vendor === 'google';
  if (opaque && !isOwn) think(blocks, '', opaque);
  blocks.push({
    type: 'tool-call',
    id: calls.ask(id, name, path),
    name,
    argumentsText: args ? exactText(args) : '',
    kind: 'function',
    ...(isOwn && { opaque }),
  });
};

const readResult = (raw: JsonObject, calls: OpenCalls, path: () => string): Block => {
  const name = optionalString(raw.name, () => `${path()}.functionResponse.name`);
  const id = optionalString(raw.id, () => `${path()}.functionResponse.id`);
  const response = optionalObject(raw.response, () => `${path()}.functionResponse.response`) ?? {};
  const { text, isError } = readResponse(response);
  const parts = optionalArray(raw.parts, () => `${path()}.functionResponse.parts`) ?? [];
  const blocks: Block[] = text === '' ? [] : [{ type: 'text', text }];
  for (let index = 0; index < parts.length; index++) {
    const partPath = () => `${path()}.functionResponse.parts.${index}`;
    blocks.push(readPart(requiredObject(parts[index], partPath), partPath));
  }
  return { type: 'tool-result', callId: calls.answer(id, name, path), blocks, isError };
};

/** One text under the usual name is that text; whatever else a function answers goes on as its JSON. */
const readResponse = (response: JsonObject): { readonly text: string; readonly isError: boolean } => {
  const keys = Object.keys(response);
  const [only] = keys;
  if (only === undefined) return { text: '', isError: false };
  const value = response[only];
  if (keys.length === 1 && typeof value === 'string' && textKeys.has(only))
    return { text: value, isError: only === 'error' };
  return { text: exactText(response), isError: keys.length === 1 && only === 'error' };
};

const textKeys: ReadonlySet<string> = new Set(['output', 'result', 'error']);

/** Every id of the body, so that none that is made up is one of them. */
const idsIn = (contents: readonly JsonValue[]): ReadonlySet<string> => {
  const ids = new Set<string>();
  for (const content of contents) {
    if (!isObject(content) || !Array.isArray(content.parts)) continue;
    for (const part of content.parts as readonly JsonValue[]) {
      const call = isObject(part) ? field(part, 'functionCall') : undefined;
      if (isObject(call) && typeof call.id === 'string') ids.add(call.id);
    }
  }
  return ids;
};

interface Call {
  readonly id: string;
  readonly name: string;
  isAnswered: boolean;
}

/** Calls in their order, each taken once: by whichever of its keys is asked for first. */
class CallQueue {
  readonly #calls: Call[] = [];
  #next = 0;

  push(call: Call): void {
    this.#calls.push(call);
  }

  take(): Call | undefined {
    while (this.#calls[this.#next]?.isAnswered) this.#next += 1;
    return this.#calls[this.#next];
  }
}

/** Each call of the model is answered in the user's turn behind it, each once. */
class OpenCalls {
  readonly #given: ReadonlySet<string>;
  #queues = new Map<string, CallQueue>();
  #all = new CallQueue();
  #count = 0;
  #openCount = 0;
  #asked: () => string = () => 'contents';

  constructor(given: ReadonlySet<string>) {
    this.#given = given;
  }

  ask(id: string | undefined, name: string, path: () => string): string {
    this.#count += 1;
    this.#openCount += 1;
    const call: Call = { id: id || this.#madeUp(), name, isAnswered: false };
    this.#all.push(call);
    this.#queue(`id ${call.id}`).push(call);
    this.#queue(`name ${name}`).push(call);
    this.#asked = path;
    return call.id;
  }

  answer(id: string | undefined, name: string | undefined, path: () => string): string {
    const call =
      this.#queues.get(`id ${id}`)?.take() ?? this.#queues.get(`name ${name}`)?.take() ?? this.#all.take();
    if (!call)
      return refuse(
        path,
        'answers no open call: a `functionResponse` has to stand in the content directly behind the `functionCall`, once for each.',
      );
    call.isAnswered = true;
    this.#openCount -= 1;
    return call.id;
  }

  /** The user's turn is over: what was asked before it is answered or never will be. */
  end(): void {
    const open = this.#all.take();
    if (open)
      refuse(
        this.#asked,
        `belongs to ${this.#openCount} calls without a result ("${open.name.slice(0, 64)}" is the first): put a \`functionResponse\` for each \`functionCall\` into the content directly behind it.`,
      );
    if (this.#queues.size === 0) return;
    this.#queues = new Map();
    this.#all = new CallQueue();
  }

  #queue(key: string): CallQueue {
    const known = this.#queues.get(key);
    if (known) return known;
    const queue = new CallQueue();
    this.#queues.set(key, queue);
    return queue;
  }

  /** By its place in the conversation, so that the next request makes up the same one. */
  #madeUp(): string {
    let id = `call_${this.#count}`;
    while (this.#given.has(id)) id += '_';
    return id;
  }
}
