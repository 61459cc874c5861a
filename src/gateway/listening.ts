import type { JsonObject } from '../core/json.ts';
import { type Reply, type ReplyEvent, replyEvents } from '../core/reply.ts';
import type { Dialect, StreamReader, StreamTap } from '../dialects/dialect.ts';
import { opaqueOf } from '../sessions/history.ts';
import { TurnListener } from '../sessions/kept-turn.ts';
import type { Target } from './target.ts';

/** A target whose answer is heard on its way: nothing of it is changed, and no byte is read twice. */
export interface Listening {
  readonly target: Target;
  /** The data of the opaque reasoning in the answer so far. */
  readonly opaqueData: readonly string[];
  /** Undefined where bytes pass: then the caller carries all of it. */
  readonly turn: TurnListener | undefined;
  /** The whole answer as the caller has it, once it is complete; left out where that is not kept. */
  readonly answer?: (() => JsonObject | undefined) | undefined;
}

/** For one call; another one is heard by another. */
export const listening = (target: Target, answer?: Listening['answer']): Listening =>
  target.caller === target.upstream ? new PassedAnswer(target) : new TranslatedAnswer(target, answer);

class TranslatedAnswer implements Listening {
  readonly target: Target;
  readonly turn = new TurnListener();
  readonly answer: Listening['answer'];
  #isHeard = false;

  constructor(target: Target, answer: Listening['answer']) {
    this.answer = answer;
    const { upstream } = target;
    const heard: Dialect = {
      ...upstream,
      readStream: () => this.#listenTo(upstream.readStream()),
      readReply: (body) => {
        const reply = upstream.readReply(body);
        this.#hear(replyEvents(reply));
        return reply;
      },
    };
    this.target = { ...target, upstream: heard };
  }

  get opaqueData(): readonly string[] {
    return this.turn.opaqueData;
  }

  /** The same stream may be read again for its texts: it is heard once. */
  #listenTo(reader: StreamReader): StreamReader {
    if (this.#isHeard) return reader;
    this.#isHeard = true;
    return {
      push: (chunk) => this.#hear(reader.push(chunk)),
      end: () => this.#hear(reader.end()),
      get isDone() {
        return reader.isDone === true;
      },
    };
  }

  #hear<Events extends Iterable<ReplyEvent>>(events: Events): Events {
    for (const event of events) this.turn.hear(event);
    return events;
  }
}

class PassedAnswer implements Listening {
  readonly target: Target;
  readonly turn = undefined;
  #tap: StreamTap | undefined;
  #reply: Reply | undefined;

  constructor(target: Target) {
    const { upstream } = target;
    const heard: Dialect = {
      ...upstream,
      tapStream: (tap) => {
        this.#tap = upstream.tapStream(tap);
        return this.#tap;
      },
      readReply: (body) => {
        this.#reply = upstream.readReply(body);
        return this.#reply;
      },
    };
    this.target = { ...target, caller: heard, upstream: heard };
  }

  get opaqueData(): readonly string[] {
    if (this.#tap) return this.#tap.opaqueData ?? [];
    const data: string[] = [];
    for (const block of this.#reply?.blocks ?? []) {
      const opaque = opaqueOf(block);
      if (opaque) data.push(opaque.data);
    }
    return data;
  }
}
