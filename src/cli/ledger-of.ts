import type { Config } from '../app/config.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { openLedgerReader } from '../storage/ledger-reader.ts';

/** Reads with the ledger of a configuration, which a gateway may be writing meanwhile. */
export const withLedger = async <Result>(
  { ledger }: Config,
  read: (reader: LedgerReader) => Promise<Result>,
): Promise<Result> => {
  const reader = await openLedgerReader({ dir: ledger.path });
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
};
