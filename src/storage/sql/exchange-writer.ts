import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AttemptFields, ExchangeHead } from '../journal/record.ts';
import { NameIds } from './names.ts';

export interface ExchangeTexts {
  readonly prompt: string;
  readonly answer: string;
  readonly ask?: string | undefined;
}

/** Inserts exchanges, as the journal tells them. Belongs inside a transaction; of no use after a rollback. */
export class ExchangeWriter {
  readonly #names: NameIds;
  readonly #exchange: StatementSync;
  readonly #attempt: StatementSync;
  readonly #detail: StatementSync;
  readonly #texts: StatementSync;
  readonly #undo: readonly StatementSync[];
  #seq: number;

  constructor(database: DatabaseSync) {
    this.#names = new NameIds(database);
    // a second record of an exchange is no second exchange
    this.#exchange = database.prepare(
      `${insertInto('exchanges', exchangeColumns)} ON CONFLICT (id) DO NOTHING`,
    );
    this.#attempt = database.prepare(insertInto('attempts', attemptColumns));
    this.#detail = database.prepare(insertInto('details', 'exchange decision warnings'));
    this.#texts = database.prepare(insertInto('texts', 'exchange received_at prompt answer ask'));
    this.#undo = [
      database.prepare('DELETE FROM texts WHERE exchange = ?'),
      database.prepare('DELETE FROM details WHERE exchange = ?'),
      database.prepare('DELETE FROM attempts WHERE exchange = ?'),
      database.prepare('DELETE FROM exchanges WHERE seq = ?'),
    ];
    this.#seq = Number(database.prepare('SELECT MAX(seq) AS seq FROM exchanges').get()?.seq ?? 0);
  }

  /** False where the exchange was there already. */
  write(id: string, head: ExchangeHead, decision: string, texts: ExchangeTexts | undefined): boolean {
    const [
      receivedAt,
      dialect,
      askedModel,
      caller,
      session,
      tags,
      route,
      rule,
      mode,
      task,
      attempts,
      outcome,
      errorCode,
      status,
      model,
      tier,
      isStream,
      cost,
      isEstimated,
      baselineCost,
      baselineModel,
      firstByteMs,
      totalMs,
      warnings,
      agent = null,
    ] = head;
    const names = this.#names;
    const seq = this.#seq + 1;
    let promptTokens = 0;
    let answerTokens = 0;
    for (const { 10: usage } of attempts) {
      promptTokens += usage[0] + usage[1] + usage[2] + usage[3] + usage[4] + usage[5];
      answerTokens += usage[6] + usage[7];
    }
    // money goes in as decimal text: SQLite turns it into the exact integer
    const { changes } = this.#exchange.run(
      seq,
      id,
      receivedAt,
      names.idOf(dialect),
      names.idOf(askedModel),
      names.idOf(caller),
      session,
      tags && JSON.stringify(tags),
      names.idOf(route),
      names.idOrNull(rule),
      names.idOf(mode),
      names.idOf(task),
      names.idOf(outcome),
      names.idOrNull(errorCode),
      status,
      names.idOrNull(model),
      names.idOrNull(tier),
      isStream ? 1 : 0,
      promptTokens,
      answerTokens,
      cost,
      isEstimated ? 1 : 0,
      baselineCost,
      names.idOrNull(baselineModel),
      firstByteMs,
      totalMs,
      names.idOrNull(agent),
    );
    if (changes === 0) return false;
    try {
      for (let number = 0; number < attempts.length; number += 1)
        this.#writeAttempt(seq, number, attempts[number] as AttemptFields);
      this.#detail.run(seq, decision, warnings && JSON.stringify(warnings));
      if (texts) this.#texts.run(seq, receivedAt, texts.prompt, texts.answer, texts.ask ?? null);
    } catch (error) {
      for (const statement of this.#undo) statement.run(seq);
      throw error;
    }
    this.#seq = seq;
    return true;
  }

  #writeAttempt(seq: number, number: number, fields: AttemptFields): void {
    const names = this.#names;
    const [model, provider, tier, startedMs, firstByteMs, totalMs, status, outcome, code, message] = fields;
    const { 10: usage, 11: cost, 12: isEstimated, 13: upstreamId, 14: endReason, 15: priceVersion } = fields;
    const { 16: passedOver = null, 17: role = null } = fields;
    this.#attempt.run(
      seq,
      number,
      names.idOf(model),
      names.idOf(provider),
      names.idOf(tier),
      startedMs,
      firstByteMs,
      totalMs,
      status,
      names.idOf(outcome),
      names.idOrNull(code),
      message,
      ...usage,
      cost,
      isEstimated ? 1 : 0,
      upstreamId,
      names.idOrNull(endReason),
      names.idOf(priceVersion),
      passedOver,
      names.idOrNull(role),
    );
  }
}

// in the order in which the values are handed over above; named, because later schemas may have more
const exchangeColumns = `seq id received_at dialect asked caller session tags route rule mode task outcome error
  status model tier is_stream prompt_tokens answer_tokens cost is_estimated baseline_cost baseline_model
  first_byte_ms total_ms agent`;
const attemptColumns = `exchange number model provider tier started_ms first_byte_ms total_ms status outcome error
  message input_tokens cache_read_tokens cache_write_5m_tokens cache_write_30m_tokens cache_write_1h_tokens
  cache_write_12h_tokens output_tokens reasoning_tokens cost is_estimated upstream_id end_reason price_version
  passed_over role`;

const insertInto = (table: string, columns: string): string => {
  const names = columns.split(/\s+/);
  return `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
};
