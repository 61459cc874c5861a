import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../core/errors.ts';
import type { Migration } from './migrations.ts';

export const databaseName = 'ledger.db';

/** Opens the ledger's database for writing, brought up to the newest schema. */
export const openDatabase = (directory: string, migrations: readonly Migration[]): DatabaseSync => {
  const path = join(directory, databaseName);
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    // full: a commit is durable when it returns, and only then may the journal before it go
    database.exec(`
      PRAGMA page_size = 8192;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 1000;
      PRAGMA cache_size = -8000;
      PRAGMA secure_delete = ON;
      PRAGMA foreign_keys = OFF;
    `);
    chmodSync(path, 0o600);
    migrate(database, directory, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

export const schemaVersion = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);

export const newestVersion = (migrations: readonly Migration[]): number => migrations.at(-1)?.version ?? 0;

export const tooNew = (directory: string, version: number, known: number): GatewayError =>
  new GatewayError(
    'ledger-down',
    `The ledger in "${directory}" was written by a newer Tierwise (schema ${version}; this one knows ${known}): install that version again, or go back to the copy made before it in "${join(directory, 'backups')}".`,
  );

const migrate = (database: DatabaseSync, directory: string, migrations: readonly Migration[]): void => {
  const version = schemaVersion(database);
  const newest = newestVersion(migrations);
  if (version > newest) throw tooNew(directory, version, newest);
  if (version === newest) return;
  if (version > 0) {
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    copyDatabase(database, join(directory, 'backups', `ledger-v${version}-${stamp}.db`));
  }
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const { version: step, sql } of migrations) if (step > version) database.exec(sql);
    database.exec(`PRAGMA user_version = ${newest}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
};

/** A consistent copy in one file, without stopping anybody. */
export const copyDatabase = (database: DatabaseSync, path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  database.prepare('VACUUM INTO ?').run(path);
  chmodSync(path, 0o600);
};
