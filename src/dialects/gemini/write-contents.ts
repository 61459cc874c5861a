import type {
  Block,
  ChatRequest,
  ReasoningBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { ConversationIds } from '../conversation-ids.ts';
import { wrapInput } from '../custom-calls.ts';
import { letteredName } from '../names.ts';
import { toolInput } from '../tool-arguments.ts';
import { cannotSay } from './cannot-say.ts';
import { writeAudio, writeDocument, writeImage } from './media.ts';
import { reasonsByLevels } from './reasoning.ts';
import { dialectName, maxIdLength, unsigned } from './wire.ts';

export interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonObject[];
}

/** What a content says where nothing is said but something has to stand. */
const continueText = '(continue)';

/**
 * The conversation as Gemini takes it: neighbours of one role as one, a user's content at the start, results
 * by their functions' names, and a signature on the first call of each step. What had to be dropped goes
 * into `warnings`.
 */
export const writeContents = (
  request: ChatRequest,
  model: Model,
  warnings: Set<string>,
): readonly Content[] => {
  const writer = new ContentWriter(model, warnings);
  for (const turn of request.turns) writer.turn(turn);
  const contents = writer.contents();
  const isPrefill = request.turns.at(-1)?.role === 'assistant' && contents.at(-1)?.role === 'model';
  if (isPrefill && !model.capabilities.prefill)
    cannotSay('messages', 'ends with a message of the assistant', 'End with one of the user');
  // without it the model would take its own last words for something to go on with
  if (!isPrefill && contents.at(-1)?.role === 'model') contents.push(continuation(warnings));
  if (contents[0]?.role !== 'user') contents.unshift(continuation(warnings));
  return contents;
};

const continuation = (warnings: Set<string>): Content => {
  warnings.add('messages');
  return { role: 'user', parts: [{ text: continueText }] };
};

/** Results stand before the other parts of their content, in the order of their calls. */
interface Draft {
  readonly role: Content['role'];
  readonly results: { readonly part: JsonObject; readonly at: number }[];
  readonly parts: JsonObject[];
  hasCalls: boolean;
}

class ContentWriter {
  readonly #drafts: Draft[] = [];
  readonly #model: Model;
  readonly #warnings: Set<string>;
  readonly #ids = new ConversationIds(maxIdLength);
  /** Names and places of the calls, by the ids they are written with. */
  readonly #calls = new Map<string, { readonly name: string; readonly at: number }>();

  constructor(model: Model, warnings: Set<string>) {
    this.#model = model;
    this.#warnings = warnings;
  }

  turn({ role: speaker, blocks, name }: Turn): void {
    if (name !== undefined) this.#warnings.add('name');
    const role = speaker === 'assistant' ? 'model' : 'user';
    const last = this.#drafts.at(-1);
    const draft: Draft = last?.role === role ? last : { role, results: [], parts: [], hasCalls: false };
    const before = draft.parts.length;
    for (const block of blocks) this.#block(block, speaker, draft);
    if (speaker === 'system' && draft.parts.length > before) wrapInstruction(draft.parts, before);
    if (draft !== last && draft.parts.length + draft.results.length > 0) this.#drafts.push(draft);
  }

  contents(): Content[] {
    return this.#drafts.map(({ role, results, parts }) => {
      if (results.length === 0) return { role, parts };
      const sorted = [...results].sort((one, other) => one.at - other.at);
      return { role, parts: [...sorted.map(({ part }) => part), ...parts] };
    });
  }

  #block(block: Block, role: Turn['role'], draft: Draft): void {
    const { parts } = draft;
    switch (block.type) {
      case 'text':
      case 'refusal':
        if (block.text.trim() !== '') parts.push({ text: block.text });
        return;
      case 'tool-call':
        this.#call(block, draft);
        return;
      case 'tool-result':
        this.#result(block, draft);
        return;
      case 'reasoning':
        this.#reasoning(block, parts);
        return;
      case 'vendor':
        if (block.dialect !== dialectName)
          cannotSay(block.path, `is of the kind "${block.kind.slice(0, 64)}"`);
        parts.push(block.raw as JsonObject);
        return;
      default:
        if (role !== 'user') cannotSay('messages', `has ${names[block.type]} in a message of the ${role}`);
        parts.push(...this.#media(block));
    }
  }

  #media(block: Block): readonly JsonObject[] {
    if (block.type === 'image') return [writeImage(block, this.#model)];
    if (block.type === 'document') return writeDocument(block, this.#model);
    return block.type === 'audio' ? [writeAudio(block)] : [];
  }

  #call(block: ToolCallBlock, draft: Draft): void {
    const name = letteredName(block.name);
    const id = this.#ids.call(block.id);
    this.#calls.set(id, { name, at: this.#calls.size });
    const args = block.kind === 'custom' ? wrapInput(block.argumentsText) : toolInput(block.argumentsText);
    const signature = this.#signature(block, draft.hasCalls);
    draft.hasCalls = true;
    draft.parts.push({
      functionCall: { id, name, args },
      ...(signature !== undefined && { thoughtSignature: signature }),
    });
  }

  /**
   * Its own, or the word for "never had one". Demanded of the current turn only; but what changed with the
   * next question would not be the same prefix any more.
   */
  #signature({ opaque }: ToolCallBlock, isLater: boolean): string | undefined {
    const own = this.#ownData(opaque);
    if (own !== undefined) return own;
    if (opaque) this.#warnings.add('reasoning');
    return !isLater && reasonsByLevels(this.#model.capabilities) ? unsigned : undefined;
  }

  /** What Google signed, and for this very model where that is known. */
  #ownData(opaque: ReasoningBlock['opaque']): string | undefined {
    if (opaque?.vendor !== 'google') return undefined;
    return opaque.owner && opaque.owner.model !== this.#model.name ? undefined : opaque.data;
  }

  /** Behind words it is the signature of those words; with a text it is a thought. */
  #reasoning({ text, opaque }: ReasoningBlock, parts: JsonObject[]): void {
    const data = this.#ownData(opaque);
    const last = parts.at(-1);
    if (data === undefined) this.#warnings.add('reasoning');
    else if (text !== '') parts.push({ text, thought: true, thoughtSignature: data });
    else if (typeof last?.text === 'string' && last.thoughtSignature === undefined)
      parts[parts.length - 1] = { ...last, thoughtSignature: data };
    else parts.push({ text: '', thoughtSignature: data });
  }

  #result(block: ToolResultBlock, { results, parts }: Draft): void {
    const id = this.#ids.result(block.callId);
    const call =
      this.#calls.get(id ?? '') ??
      cannotSay('messages', `has a result for the call "${block.callId.slice(0, 64)}" before that call`);
    const texts: string[] = [];
    const media: JsonObject[] = [];
    for (const inner of block.blocks) this.#resultBlock(inner, texts, media);
    const isInside = media.length > 0 && this.#model.capabilities.toolResultImages;
    const isBeside = media.length > 0 && !isInside;
    const count = media.length === 1 ? '1 attachment' : `${media.length} attachments`;
    if (isBeside) texts.push(`[${count} of this result: behind it in this message.]`);
    const text = texts.join('\n');
    const functionResponse = {
      id: id ?? '',
      name: call.name,
      response: block.isError ? { error: text } : { output: text },
      ...(isInside && { parts: media }),
    };
    results.push({ part: { functionResponse }, at: call.at });
    if (isBeside) parts.push({ text: `[${count} of the result of ${call.name}:]` }, ...media);
  }

  #resultBlock(block: Block, texts: string[], media: JsonObject[]): void {
    if (block.type === 'text' || block.type === 'refusal') texts.push(block.text);
    else if (block.type === 'vendor') {
      if (block.dialect !== dialectName) cannotSay(block.path, `is of the kind "${block.kind.slice(0, 64)}"`);
      media.push(block.raw as JsonObject);
    } else
      for (const part of this.#media(block)) {
        if (typeof part.text === 'string') texts.push(part.text);
        else media.push(part);
      }
  }
}

/** An instruction in the middle keeps its place, and is told apart from what the user says. */
const wrapInstruction = (parts: JsonObject[], from: number): void => {
  const [first] = parts.slice(from);
  if (parts.length - from === 1 && typeof first?.text === 'string')
    parts[from] = { ...first, text: `<system>\n${first.text}\n</system>` };
  else {
    parts.splice(from, 0, { text: '<system>' });
    parts.push({ text: '</system>' });
  }
};

const names = { image: 'a picture', document: 'a document', audio: 'sound' } as const;
