import { isObject, type JsonObject } from '../../../core/json.ts';
import { isNothing, type Segment } from '../wire.ts';
import { refuse } from './problem.ts';

const most = 4;

/** The caller's breakpoints: at most four, the long-lived before the short-lived. */
export class CacheMarks {
  #count = 0;
  #hasShort = false;

  /** The breakpoint behind this block; undefined where there is none. */
  read({ cache_control: control }: JsonObject, path: string): Segment['cache'] {
    if (isNothing(control)) return undefined;
    const where = `${path ? `${path}.` : ''}cache_control`;
    if (!isObject(control) || control.type !== 'ephemeral')
      throw refuse(`${where}.type`, "Input should be 'ephemeral'");
    const ttl = control.ttl ?? '5m';
    if (ttl !== '5m' && ttl !== '1h') throw refuse(`${where}.ttl`, "Input should be '5m' or '1h'");
    this.#count += 1;
    if (this.#count > most)
      throw refuse(
        '',
        `A maximum of ${most} blocks with cache_control may be provided. Found ${this.#count}.`,
      );
    if (ttl === '1h' && this.#hasShort)
      throw refuse(
        where,
        "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Blocks are processed in the order tools, system, messages.",
      );
    this.#hasShort ||= ttl === '5m';
    return ttl;
  }
}
