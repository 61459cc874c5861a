import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Signal } from '../core/signal.ts';
import type { LabelledExchange } from '../ledger/signals.ts';
import { openForReading } from './ledger-reader.ts';
import { exchangeFinder } from './sql/find-exchange.ts';
import { databaseName } from './sql/migrate.ts';
import { SignalWriter } from './sql/signal-writer.ts';

/** Signals of whoever owns the ledger, also while a gateway writes. Blocks its thread: for the command line. */
export interface SignalNotes {
  /** By its own id or the one its caller saw. */
  find(id: string): LabelledExchange | undefined;
  /** All of them, or none where it throws. */
  note(signals: readonly Signal[]): void;
  close(): void;
}

/** How long the gateway may hold the database for one of its own transactions. */
const patienceMs = 10_000;

export const openSignalNotes = ({ dir }: { readonly dir: string }): SignalNotes => {
  // is there one, and of a schema that we know?
  openForReading(dir).close();
  const database = new DatabaseSync(join(dir, databaseName), { timeout: patienceMs });
  // a word that was taken has to survive a crash
  database.exec('PRAGMA synchronous = FULL');
  const find = exchangeFinder(database);
  return {
    find: (id) => find(id, undefined),
    note: (signals) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const writer = new SignalWriter(database);
        for (const signal of signals) writer.write(signal);
        database.exec('COMMIT');
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
};
