import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Attempt, Exchange } from '../../core/exchange.ts';
import type { NanoUsd } from '../../core/money.ts';
import type { ListQuery } from '../../ledger/ledger.ts';
import { readDecision } from '../journal/decision-text.ts';
import { NameTexts } from './names.ts';

type Row = Record<string, SQLOutputValue>;

// money comes out as text: a number would round it
const exchangeColumns = `
  e.seq, e.id, e.received_at, e.dialect, e.asked, e.caller, e.session, e.tags, e.outcome, e.error, e.status,
  e.model, e.tier, e.is_stream, CAST(e.cost AS TEXT) AS cost, e.is_estimated,
  CAST(e.baseline_cost AS TEXT) AS baseline_cost, e.baseline_model, e.first_byte_ms, e.total_ms,
  e.agent,
  d.decision, d.warnings`;
const attemptColumns = `
  model, provider, tier, started_ms, first_byte_ms, total_ms, status, outcome, error, message,
  input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_30m_tokens, cache_write_1h_tokens,
  cache_write_12h_tokens, output_tokens, reasoning_tokens, CAST(cost AS TEXT) AS cost, is_estimated,
  upstream_id, end_reason, price_version, passed_over, role`;
const exchangeTables = 'exchanges e JOIN details d ON d.exchange = e.seq';

/** Reads exchanges back as they were settled. */
export class ExchangeReader {
  readonly #database: DatabaseSync;
  readonly #names: NameTexts;
  readonly #one: StatementSync;
  readonly #attempts: StatementSync;
  readonly #page: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#names = new NameTexts(database);
    this.#one = database.prepare(
      `SELECT ${exchangeColumns}, t.prompt, t.answer, t.ask
       FROM ${exchangeTables} LEFT JOIN texts t ON t.exchange = e.seq WHERE e.id = ?`,
    );
    this.#page = database.prepare(
      `SELECT ${exchangeColumns}, t.ask
       FROM ${exchangeTables} LEFT JOIN texts t ON t.exchange = e.seq
       WHERE e.seq < ? ORDER BY e.seq DESC LIMIT ?`,
    );
    this.#attempts = database.prepare(
      `SELECT ${attemptColumns} FROM attempts WHERE exchange = ? ORDER BY number`,
    );
  }

  get(id: string): Exchange | undefined {
    const row = this.#one.get(id);
    return row && this.#exchangeOf(row);
  }

  /** In the order of settling, newest last; without texts. */
  list(query: ListQuery): readonly Exchange[] {
    const { limit, after } = query;
    const { where, values } = whereOf(query);
    const sql = `SELECT ${exchangeColumns} FROM ${exchangeTables}
      WHERE ${where.join(' AND ') || 'TRUE'} ORDER BY e.seq ${after === undefined ? 'DESC' : 'ASC'} LIMIT ?`;
    const rows = this.#database.prepare(sql).all(...values, limit);
    if (after === undefined) rows.reverse();
    return rows.map((row) => this.#exchangeOf(row));
  }

  /** A page of those that were settled before `seq`, newest first, with what was newly asked where that is kept. */
  before(seq: number, limit: number): readonly Asked[] {
    return this.#page.all(seq, limit).map((row) => ({
      seq: row.seq as number,
      exchange: this.#exchangeOf(row),
      ask: (row.ask ?? '') as string,
    }));
  }

  // our own writer wrote what is read here: it is not checked twice
  #exchangeOf(row: Row): Exchange {
    const names = this.#names;
    return {
      id: row.id,
      receivedAt: row.received_at,
      dialect: names.nameOf(row.dialect),
      askedModel: names.nameOf(row.asked),
      caller: names.nameOf(row.caller),
      session: row.session,
      tags: row.tags === null ? {} : JSON.parse(row.tags as string),
      decision: readDecision(row.decision as string),
      attempts: this.#attempts.all(row.seq as number).map((attempt) => this.#attemptOf(attempt)),
      outcome: names.nameOf(row.outcome),
      errorCode: names.nameOrNull(row.error),
      status: row.status,
      model: names.nameOrNull(row.model),
      tier: names.nameOrNull(row.tier),
      isStream: row.is_stream === 1,
      cost: BigInt(row.cost as string) as NanoUsd,
      isEstimated: row.is_estimated === 1,
      baselineCost: BigInt(row.baseline_cost as string) as NanoUsd,
      baselineModel: names.nameOrNull(row.baseline_model),
      firstByteMs: row.first_byte_ms,
      totalMs: row.total_ms,
      warnings: row.warnings === null ? [] : JSON.parse(row.warnings as string),
      ...(row.agent !== null && { agent: names.nameOf(row.agent) }),
      ...(typeof row.prompt === 'string' && {
        texts: { prompt: row.prompt, answer: row.answer, ...(row.ask !== null && { ask: row.ask }) },
      }),
    } as unknown as Exchange;
  }

  #attemptOf(row: Row): Attempt {
    const names = this.#names;
    return {
      model: names.nameOf(row.model),
      provider: names.nameOf(row.provider),
      tier: names.nameOf(row.tier),
      startedMs: row.started_ms,
      firstByteMs: row.first_byte_ms,
      totalMs: row.total_ms,
      status: row.status,
      outcome: names.nameOf(row.outcome),
      code: names.nameOrNull(row.error),
      message: row.message,
      usage: {
        inputTokens: row.input_tokens,
        cacheReadTokens: row.cache_read_tokens,
        cacheWrite5mTokens: row.cache_write_5m_tokens,
        cacheWrite30mTokens: row.cache_write_30m_tokens,
        cacheWrite1hTokens: row.cache_write_1h_tokens,
        cacheWrite12hTokens: row.cache_write_12h_tokens,
        outputTokens: row.output_tokens,
        reasoningTokens: row.reasoning_tokens,
      },
      cost: BigInt(row.cost as string),
      isEstimated: row.is_estimated === 1,
      upstreamId: row.upstream_id,
      endReason: names.nameOrNull(row.end_reason),
      priceVersion: names.nameOf(row.price_version),
      ...(row.passed_over !== null && { passedOver: row.passed_over }),
      ...(row.role !== null && { role: names.nameOf(row.role) }),
    } as unknown as Attempt;
  }
}

/** An exchange without its texts but for what was newly asked. */
interface Asked {
  readonly seq: number;
  readonly exchange: Exchange;
  readonly ask: string;
}

interface Where {
  readonly where: readonly string[];
  readonly values: readonly (string | number)[];
}

const whereOf = ({ from, to, after, caller, session, model, tier }: ListQuery): Where => {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...value: (string | number)[]): void => {
    where.push(condition);
    values.push(...value);
  };
  if (from !== undefined) add('e.received_at >= ?', from);
  if (to !== undefined) add('e.received_at < ?', to);
  if (session !== undefined) add('e.session = ?', session);
  for (const [column, name] of Object.entries({ caller, model, tier }))
    if (name !== undefined) add(`e.${column} = (SELECT id FROM names WHERE name = ?)`, name);
  // by settling, not by birth: a long stream may be settled after younger ones have been listed
  if (after !== undefined)
    add(
      `e.seq > COALESCE((SELECT seq FROM exchanges WHERE id = ?), (SELECT MAX(seq) FROM exchanges WHERE id < ?), 0)`,
      after,
      after,
    );
  return { where, values };
};
