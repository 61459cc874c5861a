import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ExchangeId } from '../core/exchange.ts';
import { realWorld } from '../kit/world.ts';
import { cutOffMessage } from '../ledger/estimate.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { openLedger } from './open-ledger.ts';
import { attemptLike, intentLike, newId } from './records.cases.ts';

const kills = 20;
const writer = join(import.meta.dirname, 'crash-writer.cases.ts');

describe('a gateway killed at any moment', () => {
  it(`has every call it was promised in the ledger exactly once, ${kills} times over`, {
    timeout: 180_000,
  }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tierwise-crash-'));
    /** Calls promised, by exchange, and exchanges that were settled. */
    const promised = new Map<string, number>();
    const settled = new Set<string>();

    for (let kill = 0; kill < kills; kill += 1) {
      const child = spawn(process.execPath, [writer, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = text(child.stdout);
      if (kill % 5 < 4) await once(child.stdout, 'data');
      // every fifth dies while it still takes in what the one before left
      await pause(Math.random() * 250);
      child.kill('SIGKILL');
      const lines = (await said).split('\n');
      // the last line may be cut off
      for (const line of lines.slice(0, -1)) {
        const [what, id = '', attempt] = line.split(' ');
        if (what === 'i') promised.set(id, Number(attempt));
        else settled.add(id);
      }
    }
    const ledger = await openLedger({ dir, texts: { store: false, keepMs: 0 }, world: realWorld });
    const health = ledger.health();
    await ledger.close();

    expect(promised.size).toBeGreaterThan(1000);
    expect(health).toMatchObject({ damagedBytes: 0, openIntents: 0 });
    const reader = await openLedgerReader({ dir });
    const { reserved } = intentLike({ id: newId() });
    const each = attemptLike().cost;
    let estimates = 0;
    for (const [id, attempts] of promised) {
      const exchange = await reader.get(id as ExchangeId);
      if (!exchange) throw new Error(`${id} was promised and is lost`);
      // a fallback may have been kept without the news of it having got out
      expect([attempts, 2]).toContain(exchange.attempts.length);
      if (exchange.isEstimated) {
        estimates += 1;
        expect(exchange.outcome).toBe('partial');
        expect(exchange.attempts[0]?.message).toBe(cutOffMessage);
        expect(exchange.cost).toBe(reserved * BigInt(exchange.attempts.length));
      } else expect(exchange.cost).toBe(each * BigInt(exchange.attempts.length));
    }
    expect(estimates).toBeGreaterThan(kills / 2);
    // what was settled longer ago than a moment is exact
    expect(estimates).toBeLessThan(kills * 60);
    await reader.close();

    const database = new DatabaseSync(join(dir, 'ledger.db'), { readOnly: true });
    const one = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0];
    expect(one('SELECT COUNT(*) - COUNT(DISTINCT id) FROM exchanges')).toBe(0);
    expect(one('SELECT COUNT(*) FROM unreadable')).toBe(0);
    expect(one('SELECT COUNT(*) FROM open_intents')).toBe(0);
    expect(one('SELECT SUM(cost) FROM exchanges')).toBe(one('SELECT SUM(cost) FROM attempts'));
    expect(one('PRAGMA integrity_check')).toBe('ok');
    database.close();
    rmSync(dir, { recursive: true });
  });
});
