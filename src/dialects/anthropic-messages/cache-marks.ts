import type { JsonObject } from '../../core/json.ts';

/** The caller's own cache mark, in the nearer of the two lifetimes there are. */
export const marked = (
  from: { readonly cache?: '5m' | '30m' | '1h' | '12h' },
  block: JsonObject,
): JsonObject => {
  if (from.cache === undefined) return block;
  const isLong = from.cache === '1h' || from.cache === '12h';
  return { ...block, cache_control: isLong ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
};

const maxMarks = 4;

/**
 * The vendor takes four marks, long-lived ones first. Of more, the last four stay, because a mark behind
 * them covers what is before it, too. Blocks are given in the order of the prefix: tools, system, messages.
 */
export class CacheMarks {
  #skip: number;
  #isShort = false;

  constructor(blocks: readonly JsonObject[]) {
    this.#skip = blocks.filter(isMarked).length - maxMarks;
  }

  limit(blocks: readonly JsonObject[]): readonly JsonObject[] {
    return blocks.some(isMarked) ? blocks.map((block) => this.#limited(block)) : blocks;
  }

  #limited(block: JsonObject): JsonObject {
    if (!isMarked(block)) return block;
    const { cache_control: mark, ...bare } = block;
    if (this.#skip-- > 0) return bare;
    const isLong = !this.#isShort && typeof mark === 'object' && mark !== null && 'ttl' in mark;
    if (!isLong) this.#isShort = true;
    return { ...bare, cache_control: isLong ? mark : { type: 'ephemeral' } };
  }
}

const isMarked = (block: JsonObject): boolean => block.cache_control !== undefined;
