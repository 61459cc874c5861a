import type { JsonObject } from '../../core/json.ts';

/** Writes the events of one stream, numbered from 0 without gaps. */
export class EventFrames {
  #next = 0;

  frame(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#next++, ...fields })}\n\n`;
  }

  /** A piece of an item: by far the commonest event. `head` is what all pieces of the part have in common. */
  delta(head: DeltaHead, piece: string): string {
    return `${head.before}${this.#next++},${head.after}${JSON.stringify(piece)}${head.tail}`;
  }
}

export interface DeltaHead {
  readonly before: string;
  readonly after: string;
  readonly tail: string;
}

export const deltaHead = (type: string, fields: JsonObject, tail = ''): DeltaHead => ({
  before: `event: ${type}\ndata: {"type":"${type}","sequence_number":`,
  after: `${JSON.stringify(fields).slice(1, -1)},"delta":`,
  tail: `${tail}}\n\n`,
});
