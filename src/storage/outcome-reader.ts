import type { KeptOutcome, OutcomeReader } from '../ledger/signals.ts';
import { openForReading } from './ledger-reader.ts';
import { ExchangeReader } from './sql/exchange-reader.ts';
import { SignalReader } from './sql/signal-reader.ts';

const pageSize = 500;
/** A long stream is settled after younger exchanges: so much later at most does order by settling differ from order by birth. */
const disorderMs = 24 * 60 * 60 * 1000;

/** Reads a ledger that another thread or process may be writing. */
export const openOutcomeReader = ({ dir }: { readonly dir: string }): OutcomeReader => {
  const database = openForReading(dir);
  const exchanges = new ExchangeReader(database);
  const signals = new SignalReader(database);
  const labelled = database.prepare('SELECT COUNT(DISTINCT exchange) AS count FROM signals WHERE at >= ?');
  // page by page: one long read would keep the gateway's write-ahead log from being taken in
  function* newestFirst(from: number): Generator<KeptOutcome> {
    let seq = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const page = exchanges.before(seq, pageSize);
      for (const { exchange, ask } of page)
        if (exchange.receivedAt >= from) yield { exchange, ask, signals: signals.of(exchange.id) };
      const last = page.at(-1);
      if (!last || page.every(({ exchange }) => exchange.receivedAt < from - disorderMs)) return;
      seq = last.seq;
    }
  }
  return {
    newestFirst,
    labelledSince: (at) => Number(labelled.get(at)?.count ?? 0),
    close: () => database.close(),
  };
};
