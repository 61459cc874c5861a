import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realWorld } from '../kit/world.ts';
import { ledgerCases } from './ledger.cases.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { openLedger } from './open-ledger.ts';

ledgerCases('memory', async () => {
  const ledger = createMemoryLedger();
  return { ledger, reader: ledger, close: () => ledger.close() };
});

ledgerCases('sqlite', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tierwise-ledger-'));
  const ledger = await openLedger({
    dir,
    texts: { store: true, keepMs: Number.MAX_SAFE_INTEGER },
    world: realWorld,
    tuning: { segmentBytes: 64 * 1024 },
  });
  const reader = await openLedgerReader({ dir });
  return {
    ledger,
    reader,
    close: async () => {
      await reader.close();
      await ledger.close();
      rmSync(dir, { recursive: true });
    },
  };
});
