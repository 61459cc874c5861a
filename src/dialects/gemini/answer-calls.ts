import type { OpaqueReasoning } from '../../core/chat.ts';
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { ReplyEvent } from '../../core/reply.ts';
import { madeUpCallId, readSignature, textOf } from './wire.ts';

/** The parts of one answer as events, and ids for its calls: Google gives them to some. */
export class AnswerCalls {
  readonly #answerId: string;
  count = 0;

  constructor(answerId: string) {
    this.#answerId = answerId;
  }

  /** What Google's own tools did and gave is left out: no other dialect could say it. */
  eventsOf(part: JsonValue): readonly ReplyEvent[] {
    if (!isObject(part)) return [];
    const opaque = signatureOf(part);
    if (isObject(part.functionCall)) return this.#call(part.functionCall, opaque);
    const text = textOf(part.text);
    const events: ReplyEvent[] = [];
    if (text) events.push({ type: part.thought === true ? 'reasoning-delta' : 'text-delta', text });
    if (opaque) events.push({ type: 'reasoning-opaque', opaque });
    return events;
  }

  #call(raw: JsonObject, opaque: OpaqueReasoning | undefined): readonly ReplyEvent[] {
    const index = this.count++;
    const name = textOf(raw.name);
    const argumentsText = isObject(raw.args) ? JSON.stringify(raw.args) : '';
    const id = textOf(raw.id) || madeUpCallId(this.#answerId, index, name, argumentsText);
    const start: ReplyEvent = {
      type: 'tool-start',
      index,
      id,
      name,
      kind: 'function',
      ...(opaque && { opaque }),
    };
    return argumentsText ? [start, { type: 'tool-delta', index, argumentsText }] : [start];
  }
}

/** Only what Google signed: from an upstream nothing else is believed. */
const signatureOf = (part: JsonObject): OpaqueReasoning | undefined => {
  const opaque = readSignature(part.thoughtSignature);
  return opaque?.vendor === 'google' ? opaque : undefined;
};
