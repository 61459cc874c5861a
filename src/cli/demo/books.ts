import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from '../../core/exchange.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { BookEntry } from '../../simulator/book.ts';

/** What the gateway charged, beside what the upstream billed by its own arithmetic. */
export interface BooksCompared {
  readonly calls: number;
  readonly ledgerNanoUsd: bigint;
  readonly bookNanoUsd: bigint;
  /** Exchanges on which the two do not agree to the nano-dollar, or that one of them has never seen. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly exchange: string;
  readonly ledgerNanoUsd: bigint | null;
  readonly bookNanoUsd: bigint | null;
}

/** Compares exchange by exchange: all their attempts against all calls the upstream saw for them. */
export const compareBooks = (
  exchanges: readonly Exchange[],
  entries: readonly BookEntry[],
): BooksCompared => {
  const ids = new Set<string>(exchanges.map(({ id }) => id));
  const billed = new Map<string, bigint>();
  let calls = 0;
  for (const { exchange, costNanoUsd } of entries) {
    if (exchange === null || !ids.has(exchange)) continue;
    calls += 1;
    billed.set(exchange, (billed.get(exchange) ?? 0n) + BigInt(costNanoUsd));
  }
  const differences = exchanges.flatMap(({ id, cost, attempts }): Difference[] => {
    const book = billed.get(id);
    if (book === undefined && attempts.length === 0) return [];
    return book === cost ? [] : [{ exchange: id, ledgerNanoUsd: cost, bookNanoUsd: book ?? null }];
  });
  return {
    calls,
    ledgerNanoUsd: exchanges.reduce((sum, { cost }) => sum + cost, 0n),
    bookNanoUsd: [...billed.values()].reduce((sum, cost) => sum + cost, 0n),
    differences,
  };
};

/** Reads a run back from the ledger; a gateway takes its journal in within moments, so it waits for all of it. */
export const exchangesOf = async (
  reader: LedgerReader,
  {
    run,
    from,
    wanted,
    patienceMs = 15_000,
  }: {
    readonly run: string;
    readonly from: number;
    readonly wanted: ReadonlySet<string>;
    readonly patienceMs?: number;
  },
): Promise<readonly Exchange[]> => {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await listAll(reader, run, from);
    const have = new Set<string>(found.map(({ id }) => id));
    if ([...wanted].every((id) => have.has(id)) || performance.now() > end) return found;
    await pause(100);
  }
};

const page = 2000;

const listAll = async (reader: LedgerReader, run: string, from: number): Promise<readonly Exchange[]> => {
  const found: Exchange[] = [];
  for (let after = '' as Exchange['id']; ; ) {
    const next = await reader.list({ from, after, limit: page });
    found.push(...next.filter(({ session }) => session?.startsWith(`${run}-`)));
    const last = next.at(-1);
    if (!last || next.length < page) return found;
    after = last.id;
  }
};
