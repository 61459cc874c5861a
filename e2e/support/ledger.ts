import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange, ExchangeId } from '../../src/core/exchange.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { openLedgerReader } from '../../src/storage/ledger-reader.ts';

/** The ledger of a gateway that may be running. */
export const ledgerIn = (folder: string): Promise<LedgerReader> =>
  openLedgerReader({ dir: join(folder, '.tierwise') });

const patienceMs = 10_000;

/** Settled exchanges can be queried a moment later: waits for one. */
export const settledExchange = async (reader: LedgerReader, id: string | null): Promise<Exchange> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await pause(20)) {
    const exchange = await reader.get((id ?? '') as ExchangeId);
    if (exchange) return exchange;
  }
  throw new Error(`the exchange ${id} is not in the ledger`);
};
