import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { VaultRow } from '../../sessions/vault.ts';

/** The vault's own file: encrypted rows by id. What it loses is only forgotten, so no commit waits for the disk. */
export class VaultFile {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  readonly #find: StatementSync;

  constructor(path: string) {
    // before SQLite makes it: its log beside it gets the same rights
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    this.#database = new DatabaseSync(path, { timeout: 5000 });
    try {
      this.#database.exec(`
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA secure_delete = ON;
        CREATE TABLE IF NOT EXISTS kept (
          number INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          sealed BLOB NOT NULL,
          expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS kept_by_expiry ON kept (expires_at);
      `);
      this.#put = this.#database.prepare(
        'INSERT OR REPLACE INTO kept (id, sealed, expires_at) VALUES (?, ?, ?)',
      );
      this.#drop = this.#database.prepare('DELETE FROM kept WHERE id = ?');
      this.#find = this.#database.prepare('SELECT id, sealed, expires_at FROM kept WHERE id = ?');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  write(puts: readonly VaultRow[], drops: readonly string[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { id, sealed, expiresAt } of puts) this.#put.run(id, sealed, expiresAt);
      for (const id of drops) this.#drop.run(id);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  find(id: string): VaultRow | undefined {
    const row = this.#find.get(id);
    return row && rowOf(row);
  }

  /** The newest that are within the limit, oldest first. */
  newest(maxBytes: number): readonly VaultRow[] {
    const rows: VaultRow[] = [];
    let bytes = 0;
    const newestFirst = this.#database.prepare(
      'SELECT id, sealed, expires_at FROM kept ORDER BY number DESC',
    );
    for (const raw of newestFirst.iterate()) {
      const row = rowOf(raw);
      bytes += row.sealed.length;
      if (bytes > maxBytes) break;
      rows.push(row);
    }
    return rows.reverse();
  }

  /** Removes what has expired, then the oldest until the rest is within the limit. */
  sweep(now: number, maxBytes: number): void {
    this.#database.prepare('DELETE FROM kept WHERE expires_at <= ?').run(now);
    const oldest = this.#database.prepare(
      'DELETE FROM kept WHERE number IN (SELECT number FROM kept ORDER BY number LIMIT 1000)',
    );
    const size = this.#database.prepare('SELECT COALESCE(SUM(LENGTH(sealed)), 0) AS bytes FROM kept');
    while (Number(size.get()?.bytes) > maxBytes) if (oldest.run().changes === 0) break;
    this.#database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#database.close();
  }
}

const rowOf = ({ id, sealed, expires_at: expiresAt }: Record<string, unknown>): VaultRow => ({
  id: String(id),
  sealed: sealed as Uint8Array,
  expiresAt: Number(expiresAt),
});
