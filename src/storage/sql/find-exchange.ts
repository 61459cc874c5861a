import type { DatabaseSync } from 'node:sqlite';
import { exchangeIdIn, type LabelledExchange } from '../../ledger/signals.ts';
import { ExchangeReader } from './exchange-reader.ts';
import { SignalReader } from './signal-reader.ts';

/** `caller`: only among this caller's exchanges; undefined for whoever owns the ledger. */
export type FindExchange = (id: string, caller: string | undefined) => LabelledExchange | undefined;

/** Finds exchanges by their own id or by the one their callers saw in the answer. */
export const exchangeFinder = (database: DatabaseSync): FindExchange => {
  const exchanges = new ExchangeReader(database);
  const signals = new SignalReader(database);
  // some servers number their answers from 1 with every start: the newest is meant
  const answered = database.prepare(`
    SELECT e.id FROM attempts a JOIN exchanges e ON e.seq = a.exchange
    WHERE a.upstream_id = ? AND (? IS NULL OR e.caller = (SELECT id FROM names WHERE name = ?))
    ORDER BY a.exchange DESC LIMIT 1`);
  return (id, caller) => {
    const own = exchangeIdIn(id);
    const exchange =
      (own && exchanges.get(own)) ??
      exchanges.get(String(answered.get(id, caller ?? null, caller ?? null)?.id ?? ''));
    if (!exchange || (caller !== undefined && exchange.caller !== caller)) return undefined;
    return { exchange, signals: signals.of(exchange.id) };
  };
};
