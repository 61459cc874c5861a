import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Signal } from '../../core/signal.ts';
import { NameTexts } from './names.ts';

/** Reads signals back as they were given. */
export class SignalReader {
  readonly #names: NameTexts;
  readonly #ofExchange: StatementSync;

  constructor(database: DatabaseSync) {
    this.#names = new NameTexts(database);
    this.#ofExchange = database.prepare('SELECT * FROM signals WHERE exchange = ? ORDER BY at, source');
  }

  of(exchange: string): readonly Signal[] {
    return this.#ofExchange.all(exchange).map(
      (row) =>
        ({
          exchange: row.exchange,
          at: row.at,
          source: this.#names.nameOf(row.source),
          score: row.score,
          ...(row.label !== null && { label: row.label }),
          ...(row.comment !== null && { comment: row.comment }),
        }) as unknown as Signal,
    );
  }
}
