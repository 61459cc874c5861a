import type { FileHandle } from 'node:fs/promises';
import type { Disk } from './disk.ts';
import { listSegments, segmentPath } from './segment.ts';

export interface ShelfParts {
  readonly directory: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  readonly firstSegment: number;
  readonly canRecycle: boolean;
}

export interface BlankSegment {
  readonly number: number;
  readonly file: FileHandle;
}

/**
 * The segment files that are not being written: the next one, made ready ahead of its time, and one
 * that is done with and kept to become the one after.
 */
export class Shelf {
  readonly #parts: ShelfParts;
  #last: number;
  #next: Promise<BlankSegment> | undefined;
  #spare: string | undefined;
  /** Files that exist and are not yet applied, by number. */
  #used: number[];

  constructor(parts: ShelfParts) {
    this.#parts = parts;
    this.#last = parts.firstSegment - 1;
    this.#used = [...listSegments(parts.directory)];
  }

  /** The highest number given to a file. */
  get last(): number {
    return this.#last;
  }

  prepare(): void {
    if (this.#next) return;
    this.#next = this.#make();
    // heard of by whoever takes it
    this.#next.catch(() => undefined);
  }

  /** The next blank segment. Where making it failed, the next call tries anew. */
  async take(): Promise<BlankSegment> {
    this.prepare();
    const next = this.#next as Promise<BlankSegment>;
    this.#next = undefined;
    return next;
  }

  /** What was prepared on a disk that failed is not trusted. */
  discard(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.then((blank) => this.throwAway(blank)).catch(() => undefined);
  }

  /** Closes and removes a segment that nothing durable was written to. */
  async throwAway({ number, file }: BlankSegment): Promise<void> {
    const { directory, disk } = this.#parts;
    await file.close().catch(() => undefined);
    // where it stays, it holds nothing that counts, and goes when the journal is past it
    await disk.remove(segmentPath(directory, number)).catch(() => undefined);
  }

  release(before: number): void {
    const { directory, disk, canRecycle, firstSegment } = this.#parts;
    const done = this.#used.filter((segment) => segment < before);
    this.#used = this.#used.filter((segment) => segment >= before);
    for (const segment of done) {
      const path = segmentPath(directory, segment);
      // what an earlier process wrote may hold texts, whatever this one keeps
      if (canRecycle && segment >= firstSegment && this.#spare === undefined) this.#spare = path;
      // a file that cannot be removed now is found again at the next start
      else disk.remove(path).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const { disk } = this.#parts;
    if (this.#spare !== undefined) await disk.remove(this.#spare).catch(() => undefined);
    const next = await this.#next?.catch(() => undefined);
    if (next) await this.throwAway(next);
  }

  async #make(): Promise<BlankSegment> {
    const { directory, disk, segmentBytes } = this.#parts;
    this.#last += 1;
    const number = this.#last;
    const path = segmentPath(directory, number);
    const spare = this.#spare;
    this.#spare = undefined;
    this.#used.push(number);
    const file = spare === undefined ? undefined : await this.#recycle(spare, path);
    return { number, file: file ?? (await disk.create(path, segmentBytes)) };
  }

  /** Undefined where the spare is no more, or grew for a batch larger than a segment. */
  async #recycle(spare: string, path: string): Promise<FileHandle | undefined> {
    const { disk, segmentBytes } = this.#parts;
    try {
      const file = await disk.reuse(spare, path);
      if ((await file.stat()).size === segmentBytes) return file;
      await file.close();
    } catch {
      // a new one will do, and if the disk is at fault then making it says so
    }
    return undefined;
  }
}
