import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realWorld } from '../kit/world.ts';
import { backup } from './backup.ts';
import { openLedgerReader } from './ledger-reader.ts';
import { openLedger } from './open-ledger.ts';
import { exchangeLike, intentLike, newId } from './records.cases.ts';
import { type Migration, migrations } from './sql/migrations.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tierwise-backup-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = (directory: string, steps: readonly Migration[] = migrations) =>
  openLedger({
    dir: directory,
    texts: { store: false, keepMs: 0 },
    world: realWorld,
    migrations: steps,
    tuning: { segmentBytes: 64 * 1024 },
  });

const newest = migrations.length;
const next = newest + 1;

const fill = async (ledger: Awaited<ReturnType<typeof open>>, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);
    ledger.settle(exchangeLike(intent));
  }
};

describe('a backup', () => {
  it('taken while the ledger is written holds all that was settled before, and opens as a ledger', async () => {
    const live = join(dir, 'live');
    const ledger = await open(live);
    await fill(ledger, 150);

    const copy = await backup(live, join(dir, 'copy.db'));
    await fill(ledger, 10);
    await ledger.close();

    // the last one settled had no sync to ride with yet
    expect(copy.exchanges).toBeGreaterThanOrEqual(149);
    expect(copy.exchanges).toBeLessThanOrEqual(150);
    const restored = join(dir, 'restored');
    mkdirSync(restored);
    renameSync(copy.file, join(restored, 'ledger.db'));
    const again = await open(restored);
    await fill(again, 5);
    await again.close();
    const reader = await openLedgerReader({ dir: restored });
    const [row] = await reader.report({ by: 'caller' });
    expect(row?.requests).toBe(copy.exchanges + 5);
    await reader.close();
  });

  it('of a ledger at rest needs no gateway, and can be taken beside any other time', async () => {
    const ledger = await open(dir);
    await fill(ledger, 20);
    await ledger.close();

    const first = await backup(dir, join(dir, 'copies', 'one.db'));
    const second = await backup(dir, join(dir, 'copies', 'two.db'));

    expect([first.exchanges, second.exchanges]).toEqual([20, 20]);
  });

  it('never writes over a file', async () => {
    const ledger = await open(dir);
    await fill(ledger, 1);
    await ledger.close();
    await backup(dir, join(dir, 'copy.db'));

    await expect(backup(dir, join(dir, 'copy.db'))).rejects.toThrow('is there already');
  });

  it('of a directory without a ledger makes none', async () => {
    await expect(backup(join(dir, 'nowhere'), join(dir, 'copy.db'))).rejects.toThrow('There is no ledger');
    expect(existsSync(join(dir, 'copy.db'))).toBe(false);
  });
});

describe('an upgrade', () => {
  const second: Migration = {
    version: next,
    sql: `ALTER TABLE exchanges ADD COLUMN note TEXT; UPDATE exchanges SET note = 'old';`,
  };

  it('keeps every row and makes a copy first', async () => {
    const ledger = await open(dir);
    await fill(ledger, 25);
    await ledger.close();

    await upgrade([...migrations, second]);

    const database = new DatabaseSync(join(dir, 'ledger.db'));
    expect(database.prepare('SELECT COUNT(*) AS count FROM exchanges WHERE note IS NOT NULL').get()).toEqual({
      count: 25,
    });
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: next });
    database.close();
    const [copy = ''] = readdirSync(join(dir, 'backups'));
    expect(copy).toMatch(new RegExp(`^ledger-v${newest}-.*\\.db$`));
    const old = new DatabaseSync(join(dir, 'backups', copy), { readOnly: true });
    expect(old.prepare('SELECT COUNT(*) AS count FROM exchanges').get()).toEqual({ count: 25 });
    old.close();
  });

  it('that fails leaves all as it was', async () => {
    const ledger = await open(dir);
    await fill(ledger, 5);
    await ledger.close();

    await expect(
      upgrade([...migrations, { version: next, sql: `${second.sql} SELECT nonsense;` }]),
    ).rejects.toThrow('nonsense');

    const again = await open(dir);
    await fill(again, 1);
    await again.close();
    const reader = await openLedgerReader({ dir });
    expect((await reader.report({ by: 'day' }))[0]?.requests).toBe(6);
    await reader.close();
  });

  it('is not undone by an older version: that one refuses, and says what to do', async () => {
    await (await open(dir)).close();
    await upgrade([...migrations, second]);

    await expect(open(dir)).rejects.toThrow(
      `written by a newer Tierwise (schema ${next}; this one knows ${newest})`,
    );
    await expect(openLedgerReader({ dir })).rejects.toThrow('written by a newer Tierwise');
  });

  const upgrade = async (steps: readonly Migration[]): Promise<void> => (await open(dir, steps)).close();
});
