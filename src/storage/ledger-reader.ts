import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../core/errors.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { ExchangeReader } from './sql/exchange-reader.ts';
import { databaseName, newestVersion, schemaVersion, tooNew } from './sql/migrate.ts';
import { migrations } from './sql/migrations.ts';
import { readReport } from './sql/report.ts';
import { SignalReader } from './sql/signal-reader.ts';

/**
 * Reads a ledger that another process may be writing. Queries block the caller's thread: for the
 * command line, not for the gateway's event loop.
 */
export const openLedgerReader = async ({ dir }: { readonly dir: string }): Promise<LedgerReader> => {
  const database = openForReading(dir);
  const exchanges = new ExchangeReader(database);
  const signals = new SignalReader(database);
  return {
    get: async (id) => exchanges.get(id),
    list: async (query) => exchanges.list(query),
    report: async (query) => readReport(database, query),
    signals: async (id) => signals.of(id),
    close: async () => database.close(),
  };
};

export const openForReading = (dir: string): DatabaseSync => {
  const path = join(dir, databaseName);
  if (!existsSync(path))
    throw new GatewayError(
      'ledger-down',
      `There is no ledger in "${dir}": start the gateway once, or name its directory in "ledger.path".`,
    );
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const version = schemaVersion(database);
    const known = newestVersion(migrations);
    if (version > known) throw tooNew(dir, version, known);
    if (version < known)
      throw new GatewayError(
        'ledger-down',
        `The ledger in "${dir}" has schema ${version}, and this Tierwise reads ${known}: start the gateway once to bring it up to date.`,
      );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};
