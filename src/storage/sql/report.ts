import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { ReportKey, ReportQuery, ReportRow } from '../../ledger/ledger.ts';
import { trust } from '../../ledger/signals.ts';
import { NameTexts } from './names.ts';

/** The key of what has none: a refused request has no model, one that no rule matched no rule. */
export const noKey = '(none)';

const keyColumns: Readonly<Record<ReportKey, string>> = {
  tier: 'e.tier',
  model: 'e.model',
  caller: 'e.caller',
  route: 'e.route',
  rule: 'e.rule',
  session: 'e.session',
  day: 'e.received_at / 86400000',
};

/**
 * Sums over exchanges. By tier and model, requests and times belong to the one that answered, tokens
 * and cost to the one whose call they were of: a fallback's failed calls are not hidden in another's
 * row, and every column adds up to the whole.
 */
export const readReport = (database: DatabaseSync, query: ReportQuery): readonly ReportRow[] => {
  const { by } = query;
  const { picked, values } = pickedBy(query);
  const all = (sql: string): readonly Record<string, SQLOutputValue>[] =>
    database.prepare(`WITH picked AS (${picked}) ${sql}`).all(...values);
  const rows = new Map<SQLOutputValue, ReportRow>();
  for (const row of all(sumsSql))
    rows.set(row.key ?? null, {
      key: '',
      requests: Number(row.requests),
      failed: Number(row.failed),
      sessions: Number(row.sessions),
      promptTokens: BigInt(String(row.prompt_tokens)),
      answerTokens: BigInt(String(row.answer_tokens)),
      cost: BigInt(String(row.cost)),
      baselineCost: BigInt(String(row.baseline_cost)),
      estimated: Number(row.estimated),
      passedOver: 0,
      p50TotalMs: 0,
      p95TotalMs: 0,
      labelled: 0,
      meanScore: null,
    });
  const change = (key: SQLOutputValue, part: Partial<ReportRow>): void => {
    rows.set(key, { ...(rows.get(key) ?? emptyRow), ...part });
  };
  for (const row of all(timesSql))
    change(row.key ?? null, { p50TotalMs: Number(row.p50), p95TotalMs: Number(row.p95) });
  for (const row of all(labelsSql))
    change(row.key ?? null, { labelled: Number(row.labelled), meanScore: Number(row.score) });
  if (by === 'tier' || by === 'model') {
    for (const key of rows.keys()) change(key, { promptTokens: 0n, answerTokens: 0n, cost: 0n });
    for (const row of all(attemptsSql(by)))
      change(row.key ?? null, {
        promptTokens: BigInt(String(row.prompt_tokens)),
        answerTokens: BigInt(String(row.answer_tokens)),
        cost: BigInt(String(row.cost)),
        passedOver: Number(row.passed_over),
      });
  } else
    for (const row of all(passedOverSql)) change(row.key ?? null, { passedOver: Number(row.passed_over) });
  const names = new NameTexts(database);
  return [...rows].map(([key, row]) => ({ ...row, key: keyText(by, key, names) })).sort(orderOf(by));
};

export const emptyRow: ReportRow = {
  key: '',
  requests: 0,
  failed: 0,
  sessions: 0,
  promptTokens: 0n,
  answerTokens: 0n,
  cost: 0n,
  baselineCost: 0n,
  estimated: 0,
  passedOver: 0,
  p50TotalMs: 0,
  p95TotalMs: 0,
  labelled: 0,
  meanScore: null,
};

/** Days as they pass; all else the dearest first. */
export const orderOf =
  (by: ReportKey) =>
  (a: ReportRow, b: ReportRow): number => {
    const byKey = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    return by === 'day' || a.cost === b.cost ? byKey : a.cost < b.cost ? 1 : -1;
  };

export const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

const keyText = (by: ReportKey, key: SQLOutputValue, names: NameTexts): string => {
  if (key === null) return noKey;
  if (by === 'session') return String(key);
  return by === 'day' ? dayText(Number(key)) : names.nameOf(key);
};

const pickedBy = ({
  by,
  from,
  to,
  tags,
}: ReportQuery): { readonly picked: string; readonly values: SQLInputValue[] } => {
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  if (from !== undefined) {
    where.push('e.received_at >= ?');
    values.push(from);
  }
  if (to !== undefined) {
    where.push('e.received_at < ?');
    values.push(to);
  }
  for (const [key, value] of Object.entries(tags ?? {})) {
    where.push('EXISTS (SELECT 1 FROM json_each(e.tags) t WHERE t.key = ? AND t.value = ?)');
    values.push(key, value);
  }
  const picked = `SELECT ${keyColumns[by]} AS key, e.id, e.seq, e.session, o.name AS outcome, e.prompt_tokens,
    e.answer_tokens, e.cost, e.baseline_cost, e.is_estimated, e.total_ms
    FROM exchanges e JOIN names o ON o.id = e.outcome ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}`;
  return { picked, values };
};

const sumsSql = `
  SELECT key, COUNT(*) AS requests, COUNT(DISTINCT session) AS sessions,
    SUM(CASE WHEN outcome IN ('failed', 'partial') THEN 1 ELSE 0 END) AS failed,
    CAST(SUM(prompt_tokens) AS TEXT) AS prompt_tokens, CAST(SUM(answer_tokens) AS TEXT) AS answer_tokens,
    CAST(SUM(cost) AS TEXT) AS cost, CAST(SUM(baseline_cost) AS TEXT) AS baseline_cost,
    SUM(is_estimated) AS estimated
  FROM picked GROUP BY key`;

// nearest rank, over whole answers: refusals are quick and cuts are short
const timesSql = `
  SELECT key, MIN(CASE WHEN place * 100 >= size * 50 THEN total_ms END) AS p50,
    MIN(CASE WHEN place * 100 >= size * 95 THEN total_ms END) AS p95
  FROM (
    SELECT key, total_ms, ROW_NUMBER() OVER (PARTITION BY key ORDER BY total_ms) AS place,
      COUNT(*) OVER (PARTITION BY key) AS size
    FROM picked WHERE outcome = 'ok'
  ) ranked GROUP BY key`;

// of each exchange the word that counts
const labelsSql = `
  SELECT key, COUNT(*) AS labelled, AVG(score) AS score
  FROM (
    SELECT picked.key, s.score, ROW_NUMBER() OVER (
      PARTITION BY picked.seq
      ORDER BY CASE n.name ${trust.map((source, place) => `WHEN '${source}' THEN ${place}`).join(' ')} END, s.at DESC
    ) AS place
    FROM picked JOIN signals s ON s.exchange = picked.id JOIN names n ON n.id = s.source
  ) spoken WHERE place = 1 GROUP BY key`;

const attemptsSql = (by: 'tier' | 'model'): string => `
  SELECT a.${by} AS key,
    CAST(SUM(a.input_tokens + a.cache_read_tokens + a.cache_write_5m_tokens + a.cache_write_30m_tokens
      + a.cache_write_1h_tokens + a.cache_write_12h_tokens) AS TEXT) AS prompt_tokens,
    CAST(SUM(a.output_tokens + a.reasoning_tokens) AS TEXT) AS answer_tokens, CAST(SUM(a.cost) AS TEXT) AS cost,
    COUNT(a.passed_over) AS passed_over
  FROM picked JOIN attempts a ON a.exchange = picked.seq GROUP BY a.${by}`;

const passedOverSql = `
  SELECT picked.key, COUNT(*) AS passed_over
  FROM picked JOIN attempts a ON a.exchange = picked.seq WHERE a.passed_over IS NOT NULL GROUP BY picked.key`;
