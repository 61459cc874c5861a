import { safeCallId } from './names.ts';

/**
 * The ids of one conversation. Some servers count their calls anew in every answer ("call_0"), but
 * a vendor wants each id once: a repeated one gets its count behind it, and so does its result.
 */
export class ConversationIds {
  readonly #maxLength: number;
  readonly #used = new Map<string, number>();
  readonly #open = new Map<string, { readonly written: string[]; answered: number }>();

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  call(id: string): string {
    const safe = safeCallId(id, this.#maxLength);
    let written = safe;
    let count = this.#used.get(safe) ?? 0;
    do {
      count += 1;
      written = count === 1 ? safe : `${safe.slice(0, this.#maxLength - 8)}_${count}`;
    } while (count > 1 && this.#used.has(written));
    this.#used.set(safe, count);
    if (written !== safe) this.#used.set(written, 1);
    const open = this.#open.get(id);
    if (open) open.written.push(written);
    else this.#open.set(id, { written: [written], answered: 0 });
    return written;
  }

  /** Of the oldest call of this id that has no result yet; undefined where there is none. */
  result(id: string): string | undefined {
    const open = this.#open.get(id);
    return open?.written[open.answered++];
  }
}
