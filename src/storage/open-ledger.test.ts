import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelId } from '../core/model.ts';
import { realWorld } from '../kit/world.ts';
import type { KeptLedger } from '../ledger/health.ts';
import { realDisk } from './journal/disk.ts';
import { segmentPath } from './journal/segment.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { type LedgerParts, openLedger } from './open-ledger.ts';
import { exchangeLike, intentLike, newId } from './records.cases.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tierwise-open-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = (parts: Partial<LedgerParts> = {}): Promise<KeptLedger> =>
  openLedger({
    dir,
    texts: { store: false, keepMs: 0 },
    world: realWorld,
    ...parts,
    tuning: { segmentBytes: 16 * 1024, applyEveryMs: 5, ...parts.tuning },
  });

/** What the disk would hold if the process died now. */
const crash = async (ledger: KeptLedger): Promise<void> => {
  const copy = `${dir}-crashed`;
  cpSync(dir, copy, { recursive: true });
  await ledger.close();
  rmSync(dir, { recursive: true });
  cpSync(copy, dir, { recursive: true });
  rmSync(copy, { recursive: true });
};

const readOne = async (id: ReturnType<typeof newId>) => {
  const reader = await openLedgerReader({ dir });
  const exchange = await reader.get(id);
  await reader.close();
  return exchange;
};

describe('the ledger after a crash', () => {
  it('settles what was cut off as an estimate, fallbacks and all', async () => {
    const ledger = await open();
    const intent = intentLike({ id: newId(), isStream: true });
    await ledger.intend(intent);
    await ledger.intend({ ...intent, attempt: 1, model: 'openai/gpt-5.4-mini' as ModelId });
    await crash(ledger);

    const again = await open();

    expect(again.health().recovered).toBe(1);
    expect(await readOne(intent.id)).toMatchObject({
      outcome: 'partial',
      isEstimated: true,
      isStream: true,
      cost: 2n * intent.reserved,
      decision: intent.decision,
      attempts: [
        { model: intent.model, provider: 'anthropic', usage: intent.reservedUsage, cost: intent.reserved },
        { model: 'openai/gpt-5.4-mini', provider: 'openai', isEstimated: true, outcome: 'cut' },
      ],
    });
    await again.close();
  });

  it('remembers a call whose intent stood in a segment long gone', async () => {
    const ledger = await open();
    const slow = intentLike({ id: newId() });
    await ledger.intend(slow);
    for (let index = 0; index < 100; index += 1) {
      const quick = intentLike({ id: newId() });
      await ledger.intend(quick);
      ledger.settle(exchangeLike(quick));
    }
    await ledger.flush();
    expect(readdirSync(join(dir, 'journal'))).not.toContain('00000001.journal');
    await crash(ledger);

    const again = await open();

    expect(again.health().recovered).toBe(1);
    expect(await readOne(slow.id)).toMatchObject({ isEstimated: true, cost: slow.reserved });
    await again.close();
  });

  it('settles such a call exactly where its process lives on', async () => {
    const ledger = await open();
    const slow = intentLike({ id: newId() });
    await ledger.intend(slow);
    for (let index = 0; index < 60; index += 1) await ledger.intend(intentLike({ id: newId() }));
    await ledger.flush();

    ledger.settle(exchangeLike(slow));
    await ledger.flush();
    await crash(ledger);
    const again = await open();

    expect(await readOne(slow.id)).toEqual(exchangeLike(slow));
    expect(again.health().recovered).toBe(60);
    await again.close();
  });

  it('settles nothing twice, however often it is opened', async () => {
    const ledger = await open();
    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);
    await crash(ledger);

    for (let time = 0; time < 3; time += 1) await (await open()).close();

    const reader = await openLedgerReader({ dir });
    expect(await reader.list({ limit: 10 })).toHaveLength(1);
    await reader.close();
  });

  it('says so where the disk lost what had been acknowledged, and keeps the rest', async () => {
    const ledger = await open({ tuning: { applyEveryMs: 3_600_000, segmentBytes: 16 * 1024 } });
    const intents = Array.from({ length: 40 }, () => intentLike({ id: newId() }));
    for (const intent of intents) await ledger.intend(intent);
    await crash(ledger);
    const path = segmentPath(join(dir, 'journal'), 1);
    const bytes = readFileSync(path);
    bytes[bytes.length / 2] = (bytes[bytes.length / 2] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    const warnings: string[] = [];

    const again = await open({ warn: (message) => warnings.push(message) });

    const { recovered, damagedBytes } = again.health();
    expect(recovered).toBeGreaterThan(20);
    expect(recovered).toBeLessThan(40);
    expect(damagedBytes).toBeGreaterThan(1000);
    expect(warnings.join()).toContain('cannot be read any more');
    await again.close();
  });
});

describe('a ledger directory', () => {
  it('belongs to one ledger at a time, and says who has it', async () => {
    const ledger = await open();

    await expect(open()).rejects.toThrow(`in use by process ${process.pid}`);
    await ledger.close();

    await (await open()).close();
  });

  it('is refused while another process has it, and free once that is killed', async () => {
    const script = `
      import { openLedger } from '${join(import.meta.dirname, 'open-ledger.ts')}';
      import { realWorld } from '${join(import.meta.dirname, '../kit/world.ts')}';
      await openLedger({ dir: process.argv[1], texts: { store: false, keepMs: 0 }, world: realWorld });
      console.log('open');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');

    await expect(open()).rejects.toThrow(`in use by process ${child.pid}`);
    const reader = await openLedgerReader({ dir });
    expect(await reader.list({ limit: 1 })).toEqual([]);
    await reader.close();
    child.kill('SIGKILL');
    await once(child, 'exit');

    await (await open()).close();
  });

  it('that cannot be written is named, with what it needs', async () => {
    writeFileSync(join(dir, 'file'), '');

    await expect(
      openLedger({ dir: join(dir, 'file'), texts: { store: false, keepMs: 0 }, world: realWorld }),
    ).rejects.toThrow(/cannot be opened .* local disk/);
  });

  it('that holds no ledger is named by the reader', async () => {
    await expect(openLedgerReader({ dir })).rejects.toThrow(`There is no ledger in "${dir}"`);
  });
});

describe('a ledger on a failing disk', () => {
  const failing = () => {
    const disk = {
      ...realDisk,
      isBroken: false,
      append: ((file, bytes, offset, done) => {
        if (disk.isBroken)
          realDisk.append(file, bytes, offset, () => done(new Error('EIO: i/o error, fdatasync')));
        else realDisk.append(file, bytes, offset, done);
      }) as typeof realDisk.append,
    };
    return disk;
  };

  it('refuses calls, keeps what was settled meanwhile, and goes on by itself', async () => {
    const disk = failing();
    const warnings: string[] = [];
    const ledger = await open({
      disk,
      warn: (message) => warnings.push(message),
      tuning: { retryEveryMs: 10 },
    });
    const [underway, refused, later] = [
      intentLike({ id: newId() }),
      intentLike({ id: newId() }),
      intentLike({ id: newId() }),
    ];
    await ledger.intend(underway);

    disk.isBroken = true;
    await expect(ledger.intend(refused)).rejects.toMatchObject({ code: 'ledger-down', status: 503 });
    expect(ledger.health()).toMatchObject({ state: 'down' });
    ledger.settle(exchangeLike(underway));
    ledger.settle(
      exchangeLike(refused, { attempts: [], outcome: 'failed', errorCode: 'ledger-down', status: 503 }),
    );
    await pause(50);
    disk.isBroken = false;
    while (ledger.health().state === 'down') await pause(5);
    await ledger.intend(later);
    ledger.settle(exchangeLike(later));
    await ledger.flush();

    expect(await readOne(underway.id)).toEqual(exchangeLike(underway));
    expect(await readOne(refused.id)).toMatchObject({ status: 503, cost: 0n });
    expect(await readOne(later.id)).toEqual(exchangeLike(later));
    expect(warnings).toEqual([
      expect.stringContaining('EIO'),
      expect.stringContaining('can be written again'),
    ]);
    await ledger.close();
  });

  it('charges nobody for a call it refused, even after a crash', async () => {
    const disk = failing();
    const ledger = await open({ disk, tuning: { retryEveryMs: 10 } });
    const refused = intentLike({ id: newId() });
    disk.isBroken = true;
    await expect(ledger.intend(refused)).rejects.toMatchObject({ code: 'ledger-down' });
    disk.isBroken = false;
    while (ledger.health().state === 'down') await pause(5);
    await crash(ledger);

    const again = await open();

    expect(again.health().recovered).toBe(0);
    expect(await readOne(refused.id)).toBeUndefined();
    await again.close();
  });

  it('keeps exchanges in the journal while the database cannot take them', async () => {
    const warnings: string[] = [];
    const ledger = await open({ warn: (message) => warnings.push(message), tuning: { retryEveryMs: 20 } });
    const other = new DatabaseSync(join(dir, 'ledger.db'));
    // the database thread may just be at it
    other.exec('PRAGMA busy_timeout = 5000');
    other.exec('ALTER TABLE details RENAME TO details_gone');

    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);
    ledger.settle(exchangeLike(intent));
    while (!ledger.health().applierReason) await pause(5);
    expect(ledger.health()).toMatchObject({ state: 'up', applierReason: expect.stringContaining('details') });
    other.exec('ALTER TABLE details_gone RENAME TO details');
    other.close();
    await ledger.flush();

    expect(ledger.health()).toMatchObject({ applierReason: undefined, behindBytes: 0 });
    expect(await readOne(intent.id)).toEqual(exchangeLike(intent));
    await ledger.close();
  });
});

describe('the database thread', () => {
  it('is started anew where it dies, and takes up where it was', async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker): void => void threads.push(thread);
    process.on('worker', note);
    const warnings: string[] = [];
    const ledger = await open({ warn: (message) => warnings.push(message), tuning: { retryEveryMs: 10 } });
    const [before, underway, after] = [
      intentLike({ id: newId() }),
      intentLike({ id: newId() }),
      intentLike({ id: newId() }),
    ];
    await Promise.all([ledger.intend(before), ledger.intend(underway)]);
    ledger.settle(exchangeLike(before));
    await ledger.flush();

    await threads[0]?.terminate();
    await ledger.intend(after);
    ledger.settle(exchangeLike(after));
    ledger.settle(exchangeLike(underway));
    await ledger.flush();

    expect(threads).toHaveLength(2);
    expect(warnings).toHaveLength(1);
    expect(ledger.health()).toMatchObject({ recovered: 0, applierReason: undefined });
    for (const intent of [before, underway, after])
      expect(await readOne(intent.id)).toEqual(exchangeLike(intent));
    await ledger.close();
    process.off('worker', note);
  });

  it('sets a record apart that fits no table, and goes on with the next', async () => {
    const warnings: string[] = [];
    const ledger = await open({ warn: (message) => warnings.push(message) });
    const [odd, sound] = [intentLike({ id: newId() }), intentLike({ id: newId() })];

    ledger.settle(exchangeLike(odd, { totalMs: Number.NaN }));
    ledger.settle(exchangeLike(sound));
    await ledger.flush();

    expect(ledger.health().unreadable).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('"unreadable"')]);
    expect(await readOne(odd.id)).toBeUndefined();
    expect(await readOne(sound.id)).toEqual(exchangeLike(sound));
    await ledger.close();
  });

  it('does not hold up closing where the database cannot be written; the next start has it all', async () => {
    const ledger = await open();
    const other = new DatabaseSync(join(dir, 'ledger.db'));
    other.exec('ALTER TABLE details RENAME TO details_gone');
    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);
    ledger.settle(exchangeLike(intent));

    await ledger.close();
    other.exec('ALTER TABLE details_gone RENAME TO details');
    other.close();
    await (await open()).close();

    expect(await readOne(intent.id)).toEqual(exchangeLike(intent));
  });
});

describe('texts', () => {
  const texts = { prompt: 'a prompt with a canary-7351', answer: 'an answer with a canary-7351' };
  const isAnywhere = (): boolean =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes('canary-7351'));

  it('are not written anywhere where storing them is off', async () => {
    const ledger = await open();
    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);

    ledger.settle(exchangeLike(intent, { texts }));
    await ledger.flush();

    expect(isAnywhere()).toBe(false);
    await ledger.close();
  });

  it('are gone from every file when their time is over', async () => {
    let now = 1_790_000_000_000;
    let monotonic = 0;
    const world = { ...realWorld, now: () => now, monotonicMs: () => monotonic };
    const ledger = await open({
      world,
      texts: { store: true, keepMs: 60_000 },
      tuning: { sweepEveryMs: 20 },
    });
    const intent = intentLike({ id: newId(), receivedAt: now });
    await ledger.intend(intent);
    ledger.settle(exchangeLike(intent, { texts }));
    await ledger.flush();
    expect((await readOne(intent.id))?.texts).toEqual(texts);

    now += 61_000;
    monotonic += 61_000;
    // the next segment is reached by whatever is written next
    for (let tries = 0; tries < 200 && isAnywhere(); tries += 1) {
      const next = intentLike({ id: newId() });
      await ledger.intend(next);
      ledger.settle(exchangeLike(next));
      await pause(20);
    }

    expect(isAnywhere()).toBe(false);
    expect(await readOne(intent.id)).toEqual(exchangeLike(intent));
    await ledger.close();
  });
});
