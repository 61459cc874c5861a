import type { JsonObject } from '../core/json.ts';
import { type ReplyEvent, replyEvents } from '../core/reply.ts';
import type { Dialect, StreamReader } from '../dialects/dialect.ts';
import { TurnListener } from '../sessions/kept-turn.ts';
import type { Target } from './target.ts';

/** A target whose answer is heard on its way: nothing of it is changed, and no byte is read twice. */
export interface Listening {
  readonly target: Target;
  /** Undefined where bytes pass: then the caller carries all of it. */
  readonly turn: TurnListener | undefined;
  /** The whole answer as the caller has it, once it is complete; left out where that is not kept. */
  readonly answer?: (() => JsonObject | undefined) | undefined;
}

/** For one call; another one is heard by another. */
export const listening = (target: Target, answer?: Listening['answer']): Listening =>
  target.caller === target.upstream ? { target, turn: undefined } : new TranslatedAnswer(target, answer);

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
