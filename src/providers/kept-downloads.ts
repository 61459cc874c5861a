import type { World } from '../kit/world.ts';
import type { Downloaded } from './download.ts';

export interface KeepLimits {
  readonly bytes: number;
  readonly forMs: number;
}

interface Kept {
  readonly fetched: Promise<Downloaded>;
  readonly untilMs: number;
  /** Once it is there, its address included: pictures may be shorter than that. */
  bytes: number;
}

/** Of an entry beside what it holds. */
const entryBytes = 500;

const usualLimits: KeepLimits = { bytes: 64 * 1024 * 1024, forMs: 10 * 60_000 };

/**
 * What was fetched lately. A conversation sends its pictures again with every turn: they are fetched once,
 * and stay the same to the byte, so that the vendor's prompt cache stays warm. Nothing is fetched for
 * anybody in particular, so everybody may have it.
 */
export class KeptDownloads {
  readonly #fetch: (address: string) => Promise<Downloaded>;
  readonly #world: World;
  readonly #limits: KeepLimits;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(
    fetch: (address: string) => Promise<Downloaded>,
    world: World,
    limits: KeepLimits = usualLimits,
  ) {
    this.#fetch = fetch;
    this.#world = world;
    this.#limits = limits;
  }

  /** Rejects as the fetching does; that is not remembered. */
  get(address: string): Promise<Downloaded> {
    const nowMs = this.#world.monotonicMs();
    const known = this.#kept.get(address);
    if (known && known.untilMs > nowMs) return known.fetched;
    this.#forget(address);
    const kept: Kept = { fetched: this.#fetch(address), untilMs: nowMs + this.#limits.forMs, bytes: 0 };
    this.#kept.set(address, kept);
    kept.fetched.then(
      ({ bytes }) => this.#weigh(address, kept, bytes.length + address.length + entryBytes),
      () => this.#forget(address, kept),
    );
    return kept.fetched;
  }

  #weigh(address: string, kept: Kept, bytes: number): void {
    if (this.#kept.get(address) !== kept) return;
    kept.bytes = bytes;
    this.#bytes += bytes;
    // the oldest first: a Map keeps its order
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#limits.bytes) return;
      this.#forget(oldest);
    }
  }

  #forget(address: string, only?: Kept): void {
    const kept = this.#kept.get(address);
    if (!kept || (only && kept !== only)) return;
    this.#kept.delete(address);
    this.#bytes -= kept.bytes;
  }
}
