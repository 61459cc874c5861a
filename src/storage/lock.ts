import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../core/errors.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * One process at a time may write a ledger. The lock is SQLite's own on a file beside the ledger: the
 * operating system lets it go however the process ends, and it holds between containers, where a
 * process id says nothing.
 */
export const lockDirectory = (directory: string): DirectoryLock => {
  const lock = openLock(directory);
  if (lock) return lock;
  throw new GatewayError(
    'ledger-down',
    `The ledger in "${directory}" is in use by ${holderOf(directory)}. Stop that one first, or give this one a "ledger.path" of its own.`,
  );
};

/** Undefined where another process holds it. */
export const openLock = (directory: string): DirectoryLock | undefined => {
  const file = new DatabaseSync(join(directory, lockName), { timeout: 0 });
  try {
    file.exec('BEGIN IMMEDIATE');
    file.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT, since TEXT); DELETE FROM holder');
    file
      .prepare('INSERT INTO holder VALUES (?, ?, ?)')
      .run(process.pid, hostname(), new Date().toISOString());
    file.exec('COMMIT');
    // held from here on; the row can be read by whoever is refused
    file.exec('BEGIN IMMEDIATE');
    return { release: () => file.close() };
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined;
    throw error;
  }
};

const lockName = 'ledger.lock';
const busy = 5;

const holderOf = (directory: string): string => {
  const file = new DatabaseSync(join(directory, lockName), { readOnly: true, timeout: 100 });
  try {
    const row = file.prepare('SELECT * FROM holder').get();
    return row ? `process ${row.pid} on ${row.host}, since ${row.since}` : 'another process';
  } catch {
    // it is just being taken: who took it does not matter for the refusal
    return 'another process';
  } finally {
    file.close();
  }
};
