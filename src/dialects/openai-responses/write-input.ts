import type { Block, ChatRequest, ReasoningBlock, ToolResultBlock, Turn } from '../../core/chat.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Model } from '../../core/model.ts';
import { ConversationIds } from '../conversation-ids.ts';
import { shortName } from '../names.ts';
import { cannotSay } from './cannot-say.ts';
import { dialectName, maxCallIdLength } from './wire.ts';
import { documentText, writePart } from './write-parts.ts';

/** How the items are to be written for one upstream, and where what is lost gets noted. */
export interface InputStyle {
  readonly model: Model;
  readonly systemRole: 'system' | 'developer';
  readonly warn: (what: string) => void;
}

/** Leading instructions: one text, pieces of several kinds joined by a blank line. */
export const writeInstructions = (request: ChatRequest): string | undefined => {
  const texts = request.system.filter(isNotRaw).map((block) => instructionText(block));
  const text = texts.filter((piece) => piece !== '').join('\n\n');
  return text === '' ? undefined : text;
};

/** The conversation as items. Throws `not-translatable` on what Responses cannot say. */
export const writeInput = (request: ChatRequest, style: InputStyle): readonly JsonObject[] => {
  const writing = new InputWriting(request, style);
  for (const block of request.system) if (!isNotRaw(block)) writing.raw(block);
  for (const turn of request.turns) writing.turn(turn);
  if (writing.items.length === 0 && !goesOn(request)) cannotSay('messages', 'holds no word');
  return writing.items;
};

/** What is missing here is kept where the request goes. */
const goesOn = ({ state }: ChatRequest): boolean =>
  state?.previousId !== undefined || state?.conversation !== undefined || state?.hasReferences === true;

/** Items that had no meaning to us, on their way home. */
const isNotRaw = (block: Block): boolean => block.type !== 'vendor' || block.dialect !== dialectName;

const instructionText = (block: Block): string => {
  if (block.type === 'text' || block.type === 'refusal') return block.text;
  if (block.type === 'document' && block.source.type === 'text')
    return documentText(block, block.source.text);
  return cannotSay('messages', `has a block of type "${block.type}" among the instructions`);
};

class InputWriting {
  readonly items: JsonObject[] = [];
  readonly #request: ChatRequest;
  readonly #style: InputStyle;
  readonly #ids = new ConversationIds(maxCallIdLength);
  /** Calls of custom tools, whose results have a name of their own. */
  readonly #customCalls = new Set<string>();

  constructor(request: ChatRequest, style: InputStyle) {
    this.#request = request;
    this.#style = style;
  }

  turn(turn: Turn): void {
    if (turn.name !== undefined) this.#style.warn('name');
    if (turn.role === 'system') this.#instruct(turn);
    else if (turn.role === 'assistant') for (const block of turn.blocks) this.#assistant(block);
    else this.#user(turn);
  }

  raw(block: Block): void {
    if (block.type !== 'vendor') return;
    if (block.dialect !== dialectName) cannotSay(block.path, `is of the kind "${block.kind.slice(0, 64)}"`);
    this.items.push(block.raw as JsonObject);
  }

  #instruct({ blocks }: Turn): void {
    const texts = blocks.filter(isNotRaw).map((block) => instructionText(block));
    for (const block of blocks) if (!isNotRaw(block)) this.raw(block);
    if (texts.length > 0) this.#message(this.#style.systemRole, texts.join('\n\n'));
  }

  #message(role: string, content: JsonValue): void {
    this.items.push({ type: 'message', role, content });
  }

  #user({ blocks }: Turn): void {
    // results first: they belong to the calls of the turn before
    for (const block of blocks) if (block.type === 'tool-result') this.#result(block);
    const said = blocks.filter((block) => block.type !== 'tool-result');
    for (const block of said) if (isItem(block)) this.raw(block);
    const parts = said.filter((block) => !isItem(block));
    const [first] = parts;
    if (parts.length === 1 && first?.type === 'text' && !first.cache) this.#message('user', first.text);
    else if (parts.length > 0) {
      const content = parts.flatMap((block) => writePart(block, this.#request, this.#style.warn));
      if (content.length > 0) this.#message('user', content);
    }
  }

  #assistant(block: Block): void {
    switch (block.type) {
      case 'text':
        if (block.text !== '') this.#say({ type: 'output_text', text: block.text });
        return;
      case 'refusal':
        this.#say({ type: 'refusal', refusal: block.text });
        return;
      case 'reasoning':
        this.#think(block);
        return;
      case 'tool-call': {
        const call = { call_id: this.#ids.call(block.id), name: shortName(block.name) };
        if (block.opaque) this.#style.warn('reasoning');
        if (block.kind === 'custom') {
          this.#customCalls.add(block.id);
          this.items.push({ type: 'custom_tool_call', ...call, input: block.argumentsText });
        } else this.items.push({ type: 'function_call', ...call, arguments: block.argumentsText || '{}' });
        return;
      }
      case 'vendor':
        if (isItem(block) || block.dialect !== dialectName) this.raw(block);
        else this.#say(block.raw as JsonObject);
        return;
      default:
        cannotSay('messages', `has a block of type "${block.type}" in a message of the assistant`);
    }
  }

  /** One more part of the message under way, or the first of a new one. */
  #say(part: JsonObject): void {
    const last = this.items.at(-1);
    if (last?.type === 'message' && last.role === 'assistant' && Array.isArray(last.content))
      this.items[this.items.length - 1] = { ...last, content: [...last.content, part] };
    else this.#message('assistant', [part]);
  }

  /** Only what OpenAI itself sealed for this account, and only to a model that reasons (WIRE 3.4). */
  #think({ text, opaque }: ReasoningBlock): void {
    const { model, warn } = this.#style;
    const isOurs =
      opaque?.vendor === 'openai' &&
      opaque.data !== '' &&
      (opaque.owner === undefined || opaque.owner.provider === model.provider);
    if (!isOurs || model.capabilities.reasoning.type === 'none') {
      warn('reasoning');
      return;
    }
    this.items.push({
      type: 'reasoning',
      ...(opaque.id !== undefined && { id: opaque.id }),
      summary: text === '' ? [] : [{ type: 'summary_text', text }],
      encrypted_content: opaque.data,
    });
  }

  #result(result: ToolResultBlock): void {
    const call_id =
      this.#ids.result(result.callId) ??
      (goesOn(this.#request)
        ? result.callId
        : cannotSay(
            'messages',
            `has a result for the call "${result.callId.slice(0, 64)}" and no such call`,
          ));
    const type = this.#customCalls.has(result.callId) ? 'custom_tool_call_output' : 'function_call_output';
    this.items.push({ type, call_id, output: this.#output(result) });
  }

  /** There is no field for errors: the text says it. */
  #output({ blocks, isError }: ToolResultBlock): JsonValue {
    if (blocks.every(({ type }) => type === 'text')) {
      const text = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
      return isError ? `Error: ${text}` : text;
    }
    const parts = blocks.flatMap((block) => writePart(block, this.#request, this.#style.warn));
    return isError ? [{ type: 'input_text', text: 'Error:' }, ...parts] : parts;
  }
}

/** A raw block that was an item of its own, not a part of one. */
const isItem = (block: Block): boolean => block.type === 'vendor' && /^input\.\d+$/.test(block.path);
