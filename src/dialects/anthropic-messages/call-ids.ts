import { hash } from 'node:crypto';

/**
 * A tool call's id as Messages takes it: at most 64 of `[a-zA-Z0-9_-]`. A changed one ends in a hash of
 * the whole, so that the same id always becomes the same one and no two meet.
 */
export const safeCallId = (id: string): string =>
  idFits.test(id)
    ? id
    : `${id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 55)}_${hash('sha256', id).slice(0, 8)}`;

const idFits = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * The ids of one conversation. Some servers count their calls anew in every answer ("call_0"), but
 * Messages wants each id once: a repeated one gets its count behind it, and so does its result.
 */
export class ConversationIds {
  readonly #used = new Map<string, number>();
  readonly #open = new Map<string, { readonly written: string[]; answered: number }>();

  call(id: string): string {
    const safe = safeCallId(id);
    let written = safe;
    let count = this.#used.get(safe) ?? 0;
    do {
      count += 1;
      written = count === 1 ? safe : `${safe.slice(0, 56)}_${count}`;
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
