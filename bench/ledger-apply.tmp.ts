/**
 * What the ledger costs the gateway's core: `node bench/ledger.ts [exchanges]`. Per exchange: time the
 * event loop is held by intend and settle, all CPU of the process (event loop, syncing, database
 * thread), and how long a request waits for its intent. Pin it to one core with `taskset -c 0`.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange, ExchangeId, Intent } from '../src/core/exchange.ts';
import { timeSortedId } from '../src/kit/ids.ts';
import { realWorld } from '../src/kit/world.ts';
import { Applier } from '../src/storage/applier.ts';
import { openLedger } from '../src/storage/open-ledger.ts';
import { exchangeLike, intentLike } from '../src/storage/records.cases.ts';
import { migrations } from '../src/storage/sql/migrations.ts';

const count = Number(process.argv[2] ?? 60_000);
const microseconds = (ms: number): string => `${((ms * 1000) / count).toFixed(2).padStart(7)} µs`;
const newDirectory = (): string => mkdtempSync(join(import.meta.dirname, 'ledger-'));

const workload = (): readonly { readonly intent: Intent; readonly exchange: Exchange }[] =>
  Array.from({ length: count }, (_, index) => {
    const id = timeSortedId(Date.now()) as ExchangeId;
    const intent = intentLike({ id, session: `session-${index % 500}` });
    return { intent, exchange: exchangeLike(intent) };
  });

const measure = async (concurrency: number): Promise<void> => {
  const dir = newDirectory();
  const work = workload();
  const ledger = await openLedger({ dir, texts: { store: false, keepMs: 0 }, world: realWorld });
  let heldMs = 0;
  let next = 0;
  const waits: number[] = [];
  const caller = async (): Promise<void> => {
    for (;;) {
      const item = work[next];
      next += 1;
      if (!item) return;
      const start = performance.now();
      const kept = ledger.intend(item.intent);
      heldMs += performance.now() - start;
      await kept;
      waits.push(performance.now() - start);
      // the call itself
      await nextTurn();
      const settling = performance.now();
      ledger.settle(item.exchange);
      heldMs += performance.now() - settling;
    }
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, caller));
  await ledger.flush();
  const elapsedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  waits.sort((a, b) => a - b);
  const quantile = (share: number): string => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2);
  console.log(
    `${String(concurrency).padStart(3)} at once: ${microseconds(heldMs)} in intend and settle, ` +
      `${microseconds((user + system) / 1000)} of CPU in all, ${Math.round((count / elapsedMs) * 1000)} exchanges/s, ` +
      `intent durable after ${quantile(0.5)} ms (p50) ${quantile(0.99)} ms (p99)`,
  );
  await ledger.close();
  rmSync(dir, { recursive: true });
};

/** The database thread's work by itself: a journal as a crash leaves it, taken in. */
const measureApplying = async (): Promise<void> => {
  const dir = newDirectory();
  const ledger = await openLedger({
    dir,
    texts: { store: false, keepMs: 0 },
    world: realWorld,
    tuning: { applyEveryMs: 3_600_000 },
  });
  const kept: Promise<void>[] = [];
  for (const { intent, exchange } of workload()) {
    kept.push(ledger.intend(intent));
    ledger.settle(exchange);
    if (kept.length % 200 === 0) await kept.at(-1);
  }
  await Promise.all(kept);
  // as a crash would leave it, with nothing applied yet
  const copy = `${dir}-copy`;
  cpSync(dir, copy, { recursive: true });
  const applier = new Applier(copy, join(copy, 'journal'), migrations);
  const cpu = process.cpuUsage();
  applier.recover();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`database thread: ${microseconds((user + system) / 1000)} of CPU per exchange`);
  applier.close();
  await ledger.close();
  rmSync(dir, { recursive: true });
  rmSync(copy, { recursive: true });
};

console.log(`${count} exchanges, one call each`);
await measureApplying();

