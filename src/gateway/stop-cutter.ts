import type { Block, ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { DialectName } from '../core/model.ts';
import type { Reply, ReplyEvent } from '../core/reply.ts';
import type { Dialect, StreamReader } from '../dialects/dialect.ts';

/** The dialect of an upstream that cannot be told where to stop, as if it could (WIRE 7.1). */
export const cutAtStop = (upstream: Dialect, stops: readonly string[]): Dialect => ({
  ...upstream,
  readReply: (body) => cutReply(upstream.readReply(body), stops),
  readStream: () => new CutReader(upstream.readStream(), stops),
});

/** More than any vendor takes: every piece of an answer is searched for all of them. */
const mostStops = 32;
const longestStop = 500;

/** Throws `not-translatable` where looking for all that would cost more than it is worth. */
export const refuseStops = ({ stop, dialect }: ChatRequest): void => {
  if (stop.length <= mostStops && stop.every(({ length }) => length <= longestStop)) return;
  throw new GatewayError(
    'not-translatable',
    `The chosen model cannot be told where to stop, and the gateway cuts its answers at no more than ${mostStops} sequences of ${longestStop} characters each; send fewer and shorter ones.`,
    { param: fields[dialect] ?? 'stop' },
  );
};

const fields: Partial<Record<DialectName, string>> = {
  'anthropic-messages': 'stop_sequences',
  gemini: 'generationConfig.stopSequences',
};

/** Finds the first of some texts in pieces of one. What may yet become one is held back. */
export class StopFinder {
  readonly #stops: readonly string[];
  #held = '';
  /** The text that was found. */
  found: string | undefined;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** What may be shown by now. */
  push(piece: string): string {
    const text = this.#held + piece;
    let at = -1;
    for (const stop of this.#stops) {
      const start = text.indexOf(stop);
      if (start < 0 || (at >= 0 && start >= at)) continue;
      at = start;
      this.found = stop;
    }
    const shown = at >= 0 ? at : text.length - this.#tail(text);
    this.#held = at >= 0 ? '' : text.slice(shown);
    return text.slice(0, shown);
  }

  /** What turned out to be the beginning of none. */
  rest(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** Length of the longest end that is the beginning of a stop. */
  #tail(text: string): number {
    let longest = 0;
    for (const stop of this.#stops)
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
        if (text.endsWith(stop.slice(0, length))) longest = length;
    return longest;
  }
}

/** A piece of another kind ends the text: what is held back before it becomes no stop any more. */
class CutReader implements StreamReader {
  readonly #reader: StreamReader;
  readonly #finder: StopFinder;
  isDone = false;

  constructor(reader: StreamReader, stops: readonly string[]) {
    this.#reader = reader;
    this.#finder = new StopFinder(stops);
  }

  push(chunk: Buffer): readonly ReplyEvent[] {
    return this.isDone ? [] : this.#cut(this.#reader.push(chunk));
  }

  end(): readonly ReplyEvent[] {
    return this.isDone ? [] : this.#cut(this.#reader.end());
  }

  #cut(events: readonly ReplyEvent[]): readonly ReplyEvent[] {
    const kept: ReplyEvent[] = [];
    for (const event of events) {
      if (event.type !== 'text-delta') {
        if (!isAside(event)) this.#say(this.#finder.rest(), kept);
        kept.push(event);
        continue;
      }
      this.#say(this.#finder.push(event.text), kept);
      if (this.#finder.found === undefined) continue;
      kept.push({ type: 'reply-end', reason: 'stop-sequence', stopSequence: this.#finder.found });
      this.isDone = true;
      break;
    }
    return kept;
  }

  #say(text: string, kept: ReplyEvent[]): void {
    if (text !== '') kept.push({ type: 'text-delta', text });
  }
}

/** Says nothing of its own: the text may go on behind it. */
const isAside = ({ type }: ReplyEvent): boolean => type === 'usage' || type === 'reply-start';

const cutReply = (reply: Reply, stops: readonly string[]): Reply => {
  const blocks: Block[] = [];
  for (const block of reply.blocks) {
    if (block.type !== 'text') {
      blocks.push(block);
      continue;
    }
    const finder = new StopFinder(stops);
    const text = finder.push(block.text) + finder.rest();
    if (text !== '') blocks.push({ ...block, text });
    if (finder.found !== undefined)
      return { ...reply, blocks, reason: 'stop-sequence', stopSequence: finder.found };
  }
  return reply;
};
