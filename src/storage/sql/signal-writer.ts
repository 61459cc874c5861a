import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Signal } from '../../core/signal.ts';
import { NameIds } from './names.ts';

/** Keeps signals: of one source the newest. Belongs inside a transaction; of no use after a rollback. */
export class SignalWriter {
  readonly #names: NameIds;
  readonly #write: StatementSync;

  constructor(database: DatabaseSync) {
    this.#names = new NameIds(database);
    this.#write = database.prepare(`
      INSERT INTO signals (exchange, source, at, score, label, comment) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (exchange, source) DO UPDATE
      SET at = excluded.at, score = excluded.score, label = excluded.label, comment = excluded.comment
      WHERE excluded.at >= at`);
  }

  write({ exchange, source, at, score, label = '', comment = '' }: Signal): void {
    this.#write.run(exchange, this.#names.idOf(source), at, score, label || null, comment || null);
  }
}
