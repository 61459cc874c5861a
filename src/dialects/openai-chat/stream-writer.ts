import type { JsonObject } from '../../core/json.ts';
import type { ReplyEvent } from '../../core/reply.ts';
import type { Usage } from '../../core/usage.ts';
import { customNames, InputUnwrapper } from '../custom-calls.ts';
import type { ReplyCall, StreamWriter } from '../dialect.ts';
import { longNames } from '../names.ts';
import { writeServiceTier } from '../openai-parameters.ts';
import { writeStreamError } from './errors.ts';
import { answerId, malformedCall } from './reply.ts';
import { doneFrame, writeFinishReason, writeUsage } from './wire.ts';

/** Events to Chat chunks. Reasoning is shown to who asked for it only; errors have their own frame (`writeStreamError`). */
export const writeStream = (call: ReplyCall): StreamWriter => new ChatStreamWriter(call);

class ChatStreamWriter implements StreamWriter {
  readonly #head: string;
  readonly #tail: string;
  readonly #names: ReadonlyMap<string, string>;
  readonly #wantsUsage: boolean;
  readonly #usesFunctions: boolean;
  readonly #showsReasoning: boolean;
  #hasStarted = false;
  #hasEnded = false;
  #isMalformed = false;
  #calls = 0;
  /** Number of the call that has started and said nothing yet. */
  #silentCall: number | undefined;
  readonly #customCalls = new Set<number>();
  /** Calls of custom tools by a model that knows functions only. */
  readonly #wrappedCalls = new Map<number, InputUnwrapper>();
  readonly #customNames: ReadonlySet<string>;
  /** Our numbers count tools only, from 0 without gaps, whatever the events call them. */
  readonly #numbers = new Map<number, number>();
  #hasRefused = false;
  #usage: Usage | undefined;
  #serviceTier: string | undefined;

  constructor(call: ReplyCall) {
    this.#wantsUsage = call.request.wantsUsage;
    this.#usesFunctions = call.request.usesFunctions === true;
    this.#showsReasoning = call.request.reasoning.isShown === true;
    this.#names = longNames(call.request.tools);
    this.#customNames = customNames(call.request.tools);
    const head = JSON.stringify({
      id: answerId(call),
      object: 'chat.completion.chunk',
      created: call.createdSec,
      model: call.modelName,
    });
    this.#head = `data: ${head.slice(0, -1)},`;
    this.#tail = this.#wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  write(event: ReplyEvent): string {
    switch (event.type) {
      case 'reply-start':
        return this.#start();
      case 'text-delta':
        return event.text === '' ? '' : this.#delta(`{"content":${JSON.stringify(event.text)}}`);
      case 'reasoning-delta':
        return event.text === '' || !this.#showsReasoning
          ? ''
          : this.#delta(`{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'refusal-delta':
        this.#hasRefused ||= event.text !== '';
        return event.text === '' ? '' : this.#delta(`{"refusal":${JSON.stringify(event.text)}}`);
      case 'tool-start':
        return this.#toolStart(event);
      case 'tool-delta':
        return this.#toolDelta(event.index, event.argumentsText);
      case 'usage':
        this.#usage = event.usage;
        this.#serviceTier = event.serviceTier ?? this.#serviceTier;
        return '';
      case 'reply-end': {
        this.#isMalformed = event.reason === 'malformed-call';
        if (this.#isMalformed) return '';
        const start = this.#start() + this.#wrappedRests() + this.#emptyArguments();
        this.#hasEnded = true;
        const finish = writeFinishReason(event.reason, { calls: this.#calls > 0, refusal: this.#hasRefused });
        const word = this.#usesFunctions && finish === 'tool_calls' ? 'function_call' : finish;
        return `${start}${this.#chunk('{}', `"${word}"`)}`;
      }
      default:
        return '';
    }
  }

  end(): string {
    if (this.#isMalformed) return writeStreamError(malformedCall());
    if (!this.#hasEnded) return '';
    if (!this.#wantsUsage || !this.#usage) return doneFrame;
    const tier =
      this.#serviceTier === undefined
        ? ''
        : `"service_tier":${JSON.stringify(writeServiceTier(this.#serviceTier))},`;
    return `${this.#head}${tier}"choices":[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n${doneFrame}`;
  }

  #start(): string {
    if (this.#hasStarted) return '';
    this.#hasStarted = true;
    return this.#chunk('{"role":"assistant","content":""}', 'null');
  }

  #delta(delta: string): string {
    return `${this.#start()}${this.#chunk(delta, 'null')}`;
  }

  #chunk(delta: string, finish: string): string {
    return `${this.#head}"choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}]${this.#tail}`;
  }

  #toolStart(event: ReplyEvent & { type: 'tool-start' }): string {
    const before = this.#emptyArguments();
    const number = this.#calls++;
    this.#numbers.set(event.index, number);
    this.#silentCall = number;
    const name = this.#names.get(event.name) ?? event.name;
    const isWrapped = event.kind === 'function' && this.#customNames.has(name);
    const isCustom = isWrapped || event.kind === 'custom';
    if (isCustom) this.#customCalls.add(number);
    if (isWrapped) this.#wrappedCalls.set(number, new InputUnwrapper());
    if (this.#usesFunctions)
      return number > 0
        ? before
        : before + this.#delta(JSON.stringify({ function_call: { name, arguments: '' } }));
    const call = isCustom
      ? { index: number, id: event.id, type: 'custom', custom: { name, input: '' } }
      : { index: number, id: event.id, type: 'function', function: { name, arguments: '' } };
    return before + this.#delta(JSON.stringify({ tool_calls: [call] }));
  }

  #toolDelta(index: number, text: string): string {
    const number = this.#numbers.get(index);
    if (number === undefined || text === '') return '';
    if (this.#silentCall === number) this.#silentCall = undefined;
    const wrapped = this.#wrappedCalls.get(number);
    const piece = wrapped ? wrapped.push(text) : text;
    return piece === '' ? '' : this.#arguments(number, piece);
  }

  /** What turned out not to be wrapped, or could not be told before its end. */
  #wrappedRests(): string {
    let out = '';
    for (const [number, wrapped] of this.#wrappedCalls) {
      const rest = wrapped.end();
      if (rest !== '') out += this.#arguments(number, rest);
    }
    return out;
  }

  #arguments(number: number, text: string): string {
    if (this.#usesFunctions)
      return number > 0 ? '' : this.#delta(JSON.stringify({ function_call: { arguments: text } }));
    const call: JsonObject = this.#customCalls.has(number)
      ? { index: number, custom: { input: text } }
      : { index: number, function: { arguments: text } };
    return this.#delta(JSON.stringify({ tool_calls: [call] }));
  }

  /** A call without arguments still has to say "{}": clients parse what they have gathered. */
  #emptyArguments(): string {
    const silent = this.#silentCall;
    this.#silentCall = undefined;
    return silent === undefined || this.#customCalls.has(silent) ? '' : this.#arguments(silent, '{}');
  }
}
