import type { OpaqueReasoning } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EndReason, ReplyEvent } from '../../core/reply.ts';
import { noUsage, type Usage } from '../../core/usage.ts';
import type { ReplyCall, StreamWriter } from '../dialect.ts';
import { bareSeal } from '../sealed-reasoning.ts';
import { ArgumentsMender } from '../tool-arguments.ts';
import { writeStreamError } from './errors.ts';
import { CallNames, malformedCall, messageId, writeStop } from './reply.ts';
import { callSignature, carriesReasoning, signatureFor } from './sealed-thoughts.ts';
import { estimatedTokens, writeUsage } from './wire.ts';

export const writeStream = (call: ReplyCall): StreamWriter => new MessageWriter(call);

/**
 * Events as Messages tells them: one block at a time, each closed before the next is opened, so what
 * other dialects interleave waits for its turn. `message_delta` waits for the end: usage may come last.
 * Thoughts of other vendors are told only to who asked for thinking, sealed (WIRE 7.4).
 */
class MessageWriter implements StreamWriter {
  readonly #call: ReplyCall;
  readonly #names: CallNames;
  /** The first one is open for the caller; the others are held until it is done. */
  readonly #queue: Block[] = [];
  readonly #tools = new Map<number, ToolBlock>();
  #index = 0;
  #hasStarted = false;
  #hasCalls = false;
  readonly #isThinking: boolean;
  /** Thoughts of which it is not known yet whether their maker will sign them. */
  #reasoning = '';
  /** A seal behind the last words so far: an answer of Claude never ends with a thought. */
  #seal: OpaqueReasoning | undefined;
  #refusal = '';
  #bytes = 0;
  #usage: Usage | undefined;
  #serviceTier: string | undefined;
  #end: { readonly reason: EndReason; readonly stopSequence: string | undefined } | undefined;

  constructor(call: ReplyCall) {
    this.#call = call;
    this.#names = new CallNames(call);
    this.#isThinking = carriesReasoning(call.request);
  }

  write(event: ReplyEvent): string {
    switch (event.type) {
      case 'reply-start':
        return this.#start(event.usage);
      case 'text-delta':
        if (event.text === '') return '';
        this.#bytes += event.text.length;
        return this.#start() + this.#unseal() + this.#say(this.#textBlock(), event.text);
      case 'refusal-delta':
        this.#refusal += event.text;
        return this.#start();
      case 'reasoning-delta':
        this.#bytes += event.text.length;
        if (event.text !== '' && this.#isThinking)
          return (
            this.#start() + this.#unseal() + this.#say(this.#thinkingBlock(), this.#isShown ? event.text : '')
          );
        this.#reasoning += event.text;
        return this.#start();
      case 'reasoning-opaque':
        return this.#start() + this.#think(event.opaque);
      case 'tool-start':
        return this.#start() + this.#unseal() + this.#callTool(event);
      case 'tool-delta': {
        const block = this.#tools.get(event.index);
        this.#bytes += event.argumentsText.length;
        return block ? this.#say(block, event.argumentsText) : '';
      }
      case 'usage':
        this.#usage = event.usage;
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        return this.#start();
      case 'reply-end':
        this.#end = { reason: event.reason, stopSequence: event.stopSequence };
        return this.#start() + this.#closeAll(event.reason === 'length' || event.reason === 'context-full');
      case 'reply-error':
        // told by `writeStreamError`, which knows the error in our words
        return '';
    }
  }

  end(): string {
    if (!this.#end) return '';
    const { reason, stopSequence } = this.#end;
    if (reason === 'malformed-call') return writeStreamError(malformedCall(), this.#call.exchangeId);
    const said = { calls: this.#hasCalls, refusal: this.#refusal !== '' };
    const usage = this.#usage ?? {
      ...noUsage,
      inputTokens: this.#call.estimatedPromptTokens,
      outputTokens: estimatedTokens(this.#bytes),
    };
    return (
      frame('message_delta', {
        delta: writeStop(reason, stopSequence, said, this.#refusal),
        usage: writeUsage(usage, this.#serviceTier),
      }) + frame('message_stop', {})
    );
  }

  #start(told?: Usage): string {
    if (this.#hasStarted) return '';
    this.#hasStarted = true;
    const usage = told ?? { ...noUsage, inputTokens: this.#call.estimatedPromptTokens };
    return frame('message_start', {
      message: {
        id: messageId(this.#call),
        type: 'message',
        role: 'assistant',
        model: this.#call.modelName,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        usage: writeUsage({ ...usage, outputTokens: Math.max(1, usage.outputTokens) }, undefined),
      },
    });
  }

  #textBlock(): Block {
    const last = this.#queue.at(-1);
    return last instanceof TextBlock ? last : this.#enqueue(new TextBlock());
  }

  /** The thought that is being told. */
  #thinkingBlock(): ThinkingBlock {
    const last = this.#queue.at(-1);
    return last instanceof ThinkingBlock && !last.isSigned ? last : this.#enqueue(new ThinkingBlock());
  }

  get #isShown(): boolean {
    return this.#call.request.reasoning.isShown !== false;
  }

  #think(opaque: OpaqueReasoning): string {
    const text = this.#reasoning;
    this.#reasoning = '';
    if (opaque.kind === 'redacted') return this.#say(this.#enqueue(new RedactedBlock(opaque.data)), '');
    if (opaque.vendor !== 'anthropic') {
      if (!this.#isThinking) return '';
      if (text === '' && this.#queue.at(-1) instanceof TextBlock) {
        this.#seal = opaque;
        return '';
      }
    }
    const block = this.#thinkingBlock();
    block.sign(signatureFor(opaque, this.#call));
    return this.#say(block, text);
  }

  /** The answer goes on behind it. */
  #unseal(): string {
    if (!this.#seal) return '';
    const thought = this.#enqueue(new ThinkingBlock());
    thought.sign(signatureFor(this.#seal, this.#call));
    this.#seal = undefined;
    return this.#say(thought, '');
  }

  #callTool({ index, id, name, opaque }: ReplyEvent & { type: 'tool-start' }): string {
    this.#hasCalls = true;
    const ownId = this.#names.id(id);
    let before = '';
    if (opaque && this.#isThinking) {
      const thought = this.#enqueue(new ThinkingBlock());
      thought.sign(callSignature(opaque, ownId, this.#call));
      before = this.#say(thought, '');
    }
    const block = new ToolBlock(ownId, this.#names.name(name));
    this.#tools.set(index, block);
    return before + this.#say(this.#enqueue(block), '');
  }

  #enqueue<Kind extends Block>(block: Kind): Kind {
    this.#queue.push(block);
    return block;
  }

  #say(block: Block, piece: string): string {
    if (block.isClosed) return '';
    if (!block.isOpen) block.held += piece;
    let out = block.isOpen ? block.delta(this.#index, piece) : '';
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      if (!head.isOpen) out += open(head, this.#index);
      if (this.#queue.length === 1 || !head.isDone) break;
      out += this.#close(head, false);
    }
    return out;
  }

  #closeAll(isCut: boolean): string {
    let out = '';
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      if (!head.isOpen) out += open(head, this.#index);
      out += this.#close(head, isCut && this.#queue.length === 1);
    }
    return out;
  }

  #close(head: Block, isCut: boolean): string {
    const out = head.rest(this.#index, isCut) + frame('content_block_stop', { index: this.#index });
    head.isClosed = true;
    this.#queue.shift();
    this.#index += 1;
    return out;
  }
}

interface Block {
  isOpen: boolean;
  isClosed: boolean;
  /** What came before its turn. */
  held: string;
  /** Nothing more can belong to it once another block has begun. */
  readonly isDone: boolean;
  start(): JsonObject;
  delta(index: number, piece: string): string;
  rest(index: number, isCut: boolean): string;
}

const open = (block: Block, index: number): string => {
  block.isOpen = true;
  const { held } = block;
  block.held = '';
  return (
    frame('content_block_start', { index, content_block: block.start() }) +
    (held ? block.delta(index, held) : '')
  );
};

class TextBlock implements Block {
  isOpen = false;
  isClosed = false;
  held = '';
  readonly isDone = true;

  start(): JsonObject {
    return { type: 'text', text: '' };
  }

  delta(index: number, piece: string): string {
    return delta(index, 'text_delta', 'text', piece);
  }

  rest(): string {
    return '';
  }
}

class ToolBlock implements Block {
  readonly #id: string;
  readonly #name: string;
  readonly #mender = new ArgumentsMender();
  isOpen = false;
  isClosed = false;
  held = '';

  constructor(id: string, name: string) {
    this.#id = id;
    this.#name = name;
  }

  get isDone(): boolean {
    return this.#mender.isComplete;
  }

  start(): JsonObject {
    return { type: 'tool_use', id: this.#id, name: this.#name, input: {} };
  }

  delta(index: number, piece: string): string {
    const mended = this.#mender.push(piece);
    return mended ? delta(index, 'input_json_delta', 'partial_json', mended) : '';
  }

  rest(index: number, isCut: boolean): string {
    const mended = this.#mender.end(isCut);
    return mended ? delta(index, 'input_json_delta', 'partial_json', mended) : '';
  }
}

class ThinkingBlock implements Block {
  #signature: string | undefined;
  isOpen = false;
  isClosed = false;
  held = '';
  readonly isDone = true;

  get isSigned(): boolean {
    return this.#signature !== undefined;
  }

  sign(signature: string): void {
    this.#signature = signature;
  }

  start(): JsonObject {
    return { type: 'thinking', thinking: '', signature: '' };
  }

  delta(index: number, piece: string): string {
    return piece ? delta(index, 'thinking_delta', 'thinking', piece) : '';
  }

  rest(index: number): string {
    return delta(index, 'signature_delta', 'signature', this.#signature ?? bareSeal);
  }
}

class RedactedBlock implements Block {
  readonly #data: string;
  isOpen = false;
  isClosed = false;
  held = '';
  readonly isDone = true;

  constructor(data: string) {
    this.#data = data;
  }

  start(): JsonObject {
    return { type: 'redacted_thinking', data: this.#data };
  }

  delta(): string {
    return '';
  }

  rest(): string {
    return '';
  }
}

const frame = (type: string, members: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

const delta = (index: number, type: string, key: string, piece: string): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${key}":${JSON.stringify(piece)}}}\n\n`;
