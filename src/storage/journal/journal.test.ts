import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exchangeLike, intentLike, newId } from '../records.cases.ts';
import { type Disk, realDisk } from './disk.ts';
import { eachRecord, recordKinds } from './frame.ts';
import { Journal, type JournalParts } from './journal.ts';
import { endsBehind, listSegments, SegmentReader, segmentPath } from './segment.ts';

const anExchange = exchangeLike(intentLike({ id: newId() }));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tierwise-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const openJournal = (parts: Partial<JournalParts> = {}): Promise<Journal> =>
  Journal.open({
    directory,
    disk: realDisk,
    segmentBytes: 4096,
    firstSegment: 1,
    canRecycle: true,
    settleWithinMs: 5,
    retryEveryMs: 10,
    stalledAfterMs: 60_000,
    mostWaitingBytes: 1_000_000,
    monotonicMs: () => performance.now(),
    onDurable: () => undefined,
    onDown: () => undefined,
    onUp: () => undefined,
    ...parts,
  });

/** What a start after a crash would find, segment by segment. */
const readAll = (from: string = directory): string[] =>
  listSegments(from).flatMap((segment) => {
    const texts: string[] = [];
    const reader = new SegmentReader(from, segment, 0);
    const end = endsBehind(from, segment)?.get(segment);
    for (let batch = reader.next(end); batch; batch = reader.next(end))
      eachRecord(batch, (kind, text) => {
        if (kind !== recordKinds.opened) texts.push(text);
      });
    reader.close();
    return texts;
  });

describe('the journal', () => {
  it('has on disk whatever it acknowledged, in order, over many segments', async () => {
    const journal = await openJournal();
    const texts = Array.from({ length: 200 }, (_, index) => `record ${index} ${'ü'.repeat(index)}`);

    for (let at = 0; at < texts.length; at += 7)
      await Promise.all(texts.slice(at, at + 7).map((text) => journal.intend(text)));

    expect(readAll()).toEqual(texts);
    expect(listSegments(directory).length).toBeGreaterThan(5);
    await journal.close();
  });

  it('shares one sync among all who come together, and among those who come during one', async () => {
    let syncs = 0;
    const journal = await openJournal({
      segmentBytes: 1_000_000,
      disk: {
        ...realDisk,
        append: (...call) => {
          syncs += 1;
          realDisk.append(...call);
        },
      },
    });
    syncs = 0;

    const first = Array.from({ length: 50 }, (_, index) => journal.intend(`first ${index}`));
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    const second = Array.from({ length: 50 }, (_, index) => journal.intend(`second ${index}`));
    await Promise.all([...first, ...second]);

    expect(syncs).toBeLessThanOrEqual(2);
    await journal.close();
  });

  it('writes exchanges soon, though nobody waits for them', async () => {
    const journal = await openJournal();

    journal.keep('an exchange', anExchange);
    while (readAll().length === 0) await pause(5);

    expect(readAll()).toEqual(['an exchange']);
    await journal.close();
  });

  it('takes a record that is larger than a segment', async () => {
    const journal = await openJournal();
    const large = 'x'.repeat(50_000);

    await Promise.all([journal.intend('before'), journal.sync()]);
    await journal.intend(large);
    await journal.intend('after');

    expect(readAll()).toEqual(['before', large, 'after']);
    await journal.close();
  });

  it('never reads what an earlier life of a recycled file left behind', async () => {
    const journal = await openJournal({ segmentBytes: 1024 });
    for (let index = 0; index < 40; index += 1) {
      await journal.intend(`record ${index} ${'x'.repeat(200)}`);
      journal.release(journal.durable.segment);
      await pause(1);
    }

    const alive = readAll();

    expect(listSegments(directory).length).toBeLessThan(10);
    expect(alive.at(-1)).toMatch(/^record 39 /);
    const numbers = alive.map((text) => Number(text.split(' ')[1]));
    expect(numbers).toEqual(numbers.map((_, index) => 40 - numbers.length + index));
    await journal.close();
  });
});

describe('a journal with a torn tail', () => {
  it('loses the last batch and nothing before it, wherever it is cut', async () => {
    const journal = await openJournal();
    await journal.intend('first');
    await journal.intend('second');
    const start = journal.durable.offset;
    await Promise.all([journal.intend('third'), journal.intend('fourth')]);
    const end = journal.durable.offset;
    const whole = readFileSync(segmentPath(directory, 1));
    await journal.close();
    const torn = join(directory, 'torn');
    mkdirSync(torn);

    for (let cut = start; cut < end; cut += 1) {
      // as a file that ends there, and as one whose last blocks were never written
      writeFileSync(segmentPath(torn, 1), whole.subarray(0, cut));
      expect(readAll(torn)).toEqual(['first', 'second']);
      const unwritten = Buffer.concat([whole.subarray(0, cut), Buffer.alloc(whole.length - cut)]);
      if (unwritten.equals(whole)) continue;
      writeFileSync(segmentPath(torn, 1), unwritten);
      expect(readAll(torn)).toEqual(['first', 'second']);
    }
    writeFileSync(segmentPath(torn, 1), whole);
    expect(readAll(torn)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('does not believe a batch in which a bit was turned', async () => {
    const journal = await openJournal();
    await journal.intend('first');
    const start = journal.durable.offset;
    await journal.intend('second');
    const end = journal.durable.offset;
    await journal.close();
    const torn = join(directory, 'torn');
    mkdirSync(torn);
    copyFileSync(segmentPath(directory, 1), segmentPath(torn, 1));
    const whole = readFileSync(segmentPath(torn, 1));

    for (let at = start; at < end; at += 1) {
      const turned = Buffer.from(whole);
      turned[at] = (turned[at] ?? 0) ^ 0x10;
      writeFileSync(segmentPath(torn, 1), turned);
      expect(readAll(torn)).toEqual(['first']);
    }
  });
});

describe('a journal on a failing disk', () => {
  const broken = (): Disk & { fails: 'no' | 'sync' | 'create' | 'late' } => {
    const disk: Disk & { fails: 'no' | 'sync' | 'create' | 'late' } = {
      ...realDisk,
      fails: 'no',
      append: (file, bytes, offset, done) => {
        if (disk.fails === 'sync')
          realDisk.append(file, bytes, offset, () => done(new Error('EIO: i/o error, fdatasync')));
        else if (disk.fails === 'late') setTimeout(() => realDisk.append(file, bytes, offset, done), 150);
        else realDisk.append(file, bytes, offset, done);
      },
      create: (path, bytes) =>
        disk.fails === 'create'
          ? Promise.reject(new Error('ENOSPC: no space left on device, write'))
          : realDisk.create(path, bytes),
    };
    return disk;
  };

  const openBroken = async (parts: Partial<JournalParts> = {}) => {
    const disk = broken();
    const heard: string[] = [];
    let recovered = Promise.withResolvers<void>();
    const journal: Journal = await openJournal({
      disk,
      onDown: (_, exchanges) => {
        heard.push('down');
        recovered = Promise.withResolvers<void>();
        for (const exchange of exchanges) journal.keep(`again ${exchange.session}`, exchange);
      },
      onUp: () => {
        heard.push('up');
        recovered.resolve();
      },
      ...parts,
    });
    return { disk, heard, journal, back: () => recovered.promise };
  };

  it('refuses intents when a sync fails, and takes them again in a new segment', async () => {
    const { disk, heard, journal, back } = await openBroken();
    await journal.intend('before');
    disk.fails = 'sync';

    await expect(journal.intend('lost')).rejects.toMatchObject({ code: 'ledger-down' });
    await expect(journal.intend('refused')).rejects.toMatchObject({ code: 'ledger-down' });
    disk.fails = 'no';
    await back();
    await journal.intend('after');

    expect(heard).toEqual(['down', 'up']);
    // "lost" stands in the old segment, but the new one says that this ended before it
    expect(readAll()).toEqual(['before', 'after']);
    await journal.close();
  });

  it('has exchanges said again that it could not write, once', async () => {
    const { disk, journal, back } = await openBroken();
    await journal.intend('before');
    disk.fails = 'sync';

    journal.keep('first try', anExchange);
    await expect(journal.sync()).rejects.toMatchObject({ code: 'ledger-down' });
    journal.keep('while it was down', anExchange);
    disk.fails = 'no';
    await back();

    expect(readAll()).toEqual(['before', 'again session-1', 'while it was down']);
    await journal.close();
  });

  it('stays down while no new segment can be made, and leaves no half-made files', async () => {
    const { disk, journal, back } = await openBroken({ segmentBytes: 512 });
    await journal.intend('before');
    disk.fails = 'create';

    const fill = async (): Promise<void> => {
      for (;;) await journal.intend('x'.repeat(200));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'ledger-down' });
    await pause(60);
    expect(journal.down?.message).toContain('no space left');
    expect(readdirSync(directory).length).toBeLessThanOrEqual(4);
    disk.fails = 'no';
    await back();

    await journal.intend('after');
    expect(readAll().at(-1)).toBe('after');
    await journal.close();
  });

  it('tells those who wait when a sync does not come back, and is up when it does', async () => {
    const { disk, heard, journal, back } = await openBroken({ stalledAfterMs: 40 });
    await journal.intend('before');
    disk.fails = 'late';

    await expect(journal.intend('slow')).rejects.toMatchObject({ code: 'ledger-down' });
    disk.fails = 'no';
    await back();
    await journal.intend('after');

    expect(heard).toEqual(['down', 'up']);
    expect(readAll()).toEqual(['before', 'slow', 'after']);
    await journal.close();
  });

  it('holds a bounded number of exchanges in memory, those that cost nothing go first', async () => {
    const { disk, journal } = await openBroken({ mostWaitingBytes: 1000 });
    disk.fails = 'sync';
    await expect(journal.intend('lost')).rejects.toMatchObject({ code: 'ledger-down' });

    for (let index = 0; index < 10; index += 1)
      journal.keep('r'.repeat(300), { ...anExchange, attempts: [] });
    const refusals = journal.dropped;
    for (let index = 0; index < 2; index += 1) journal.keep('c'.repeat(300), anExchange);

    expect(refusals).toBe(7);
    expect(journal.dropped).toBe(7);
    disk.fails = 'no';
    await journal.close();
    expect(readAll().filter((text) => text.startsWith('c'))).toHaveLength(2);
  });
});
