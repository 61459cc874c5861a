import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fractionText, plus, type Rational, readDecimal, times, toNano, zero } from './rational.ts';
import type { SimulatedPrices, Wire } from './simulated-model.ts';

/** Tokens of one call, each in exactly one class. */
export interface BookTokens {
  readonly uncached: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite30m: number;
  readonly cacheWrite1h: number;
  readonly visible: number;
  readonly reasoning: number;
}

export const noTokens: BookTokens = {
  uncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite30m: 0,
  cacheWrite1h: 0,
  visible: 0,
  reasoning: 0,
};

/** What a call is known by when it comes in. */
export interface BookCall {
  /** The id its answer carries ("chatcmpl-…", "msg_…"). */
  readonly id: string;
  /** What the caller said in `x-tierwise-exchange`; null where it said nothing. */
  readonly exchange: string | null;
  readonly wire: Wire;
  readonly model: string;
  /** Eight hex digits of the credential's SHA-256; "none" without one. */
  readonly key: string;
  readonly isStream: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly receivedAt: number;
  readonly fault: string | null;
}

/** What a model really did and charged, by the upstream's own count. */
export interface BookEntry extends BookCall {
  /**
   * `complete`: all of it was handed over. `cut`: generation began and was broken off, by the caller
   * or by a fault. `refused`: an error and no charge. `open`: still going on.
   */
  readonly outcome: 'open' | 'complete' | 'cut' | 'refused';
  readonly status: number | null;
  /** Generated until the end or the cut, and billed as such. */
  readonly tokens: BookTokens;
  /** USD, exactly, in lowest terms: "numerator/denominator". */
  readonly costUsd: string;
  /** The same, rounded once to whole nano-dollars, half to even. */
  readonly costNanoUsd: string;
  readonly endedAt: number | null;
  /** When the socket was seen closed before the answer's end; null where it was not. */
  readonly socketClosedAt: number | null;
  /** The task or recorded prompt that was recognised, with its score; null where none was. */
  readonly task: { readonly id: string; readonly score: number | null } | null;
}

export interface BookTotals {
  readonly calls: number;
  readonly open: number;
  readonly complete: number;
  readonly cut: number;
  readonly refused: number;
  readonly tokens: BookTokens;
  readonly costUsd: string;
  /** The sum of the calls' rounded costs. */
  readonly costNanoUsd: string;
}

export interface BookEnd {
  readonly outcome: 'complete' | 'cut' | 'refused';
  readonly status: number | null;
  readonly tokens: BookTokens;
  readonly endedAt: number;
  readonly socketClosedAt: number | null;
  readonly task: BookEntry['task'];
}

/**
 * The upstream's own book: one entry for every call it saw. With a path each entry is also written to
 * a file, synchronously, once when the call comes in and once when it ends.
 */
export class Book {
  #entries = new Map<string, BookEntry>();
  #file: number | undefined;
  #keeps: number;
  #sum: MutableTotals = emptyTotals();
  #byModel = new Map<string, MutableTotals>();

  /** Of ended calls the newest `keeps` stay readable one by one; the totals hold all of them. */
  constructor({ path, keeps = 100_000 }: { readonly path?: string; readonly keeps?: number } = {}) {
    this.#keeps = keeps;
    if (path !== undefined) this.#file = openSync(path, 'a');
  }

  open(call: BookCall): void {
    const entry: BookEntry = {
      ...call,
      outcome: 'open',
      status: null,
      tokens: noTokens,
      costUsd: fractionText(zero),
      costNanoUsd: '0',
      endedAt: null,
      socketClosedAt: null,
      task: null,
    };
    this.#keep(entry);
    for (const sum of this.#sumsOf(call.model)) {
      sum.calls += 1;
      sum.open += 1;
    }
  }

  /** Ends an open call; a second end of the same call is not heard. */
  end(id: string, { tokens, ...end }: BookEnd, prices: SimulatedPrices): void {
    const open = this.#entries.get(id);
    if (open?.outcome !== 'open') return;
    const cost = costOf(tokens, prices);
    const costNano = toNano(cost);
    this.#keep({ ...open, ...end, tokens, costUsd: fractionText(cost), costNanoUsd: String(costNano) });
    for (const sum of this.#sumsOf(open.model)) {
      sum.open -= 1;
      sum[end.outcome] += 1;
      sum.cost = plus(sum.cost, cost);
      sum.costNano += costNano;
      for (const name of tokenClasses) sum.tokens[name] += tokens[name];
    }
  }

  /** In the order the calls came in. */
  entries(): readonly BookEntry[] {
    return [...this.#entries.values()];
  }

  totals(): BookTotals {
    return totalsText(this.#sum);
  }

  totalsByModel(): Readonly<Record<string, BookTotals>> {
    return Object.fromEntries([...this.#byModel].map(([model, sum]) => [model, totalsText(sum)]));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #keep(entry: BookEntry): void {
    this.#entries.set(entry.id, entry);
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    if (this.#entries.size <= this.#keeps) return;
    for (const [id, { outcome }] of this.#entries) {
      if (this.#entries.size <= this.#keeps * 0.9) return;
      if (outcome !== 'open') this.#entries.delete(id);
    }
  }

  #sumsOf(model: string): readonly MutableTotals[] {
    let sum = this.#byModel.get(model);
    if (!sum) {
      sum = emptyTotals();
      this.#byModel.set(model, sum);
    }
    return [this.#sum, sum];
  }
}

/** The entries of a book's file, the last state of each call; a torn last line is left out. */
export const readBook = (path: string): readonly BookEntry[] => {
  const entries = new Map<string, BookEntry>();
  const lines = readFileSync(path, 'utf8').split('\n');
  // what stands behind the last new line was not finished
  for (const line of lines.slice(0, -1)) {
    const entry = JSON.parse(line) as BookEntry;
    entries.set(entry.id, entry);
  }
  return [...entries.values()];
};

/** What these tokens cost, exactly, in USD. */
export const costOf = (tokens: BookTokens, prices: SimulatedPrices): Rational => {
  const charges: readonly (readonly [number, string])[] = [
    [tokens.uncached, prices.input],
    [tokens.cacheRead, prices.cacheRead],
    [tokens.cacheWrite5m, prices.cacheWrite5m],
    [tokens.cacheWrite30m, prices.cacheWrite30m],
    [tokens.cacheWrite1h, prices.cacheWrite1h],
    [tokens.visible + tokens.reasoning, prices.output],
  ];
  return charges
    .filter(([count]) => count > 0)
    .map(([count, price]) => times(readDecimal(price), BigInt(count), 1_000_000n))
    .reduce(plus, zero);
};

const tokenClasses = Object.keys(noTokens) as readonly (keyof BookTokens)[];

interface MutableTotals {
  calls: number;
  open: number;
  complete: number;
  cut: number;
  refused: number;
  tokens: { -readonly [Name in keyof BookTokens]: number };
  cost: Rational;
  costNano: bigint;
}

const emptyTotals = (): MutableTotals => ({
  calls: 0,
  open: 0,
  complete: 0,
  cut: 0,
  refused: 0,
  tokens: { ...noTokens },
  cost: zero,
  costNano: 0n,
});

const totalsText = ({ cost, costNano, tokens, ...counts }: MutableTotals): BookTotals => ({
  ...counts,
  tokens: { ...tokens },
  costUsd: fractionText(cost),
  costNanoUsd: String(costNano),
});
