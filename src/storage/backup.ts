import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../core/errors.ts';
import { Applier } from './applier.ts';
import { endsBehind, listSegments, type Position, SegmentReader } from './journal/segment.ts';
import { openForReading } from './ledger-reader.ts';
import { openLock } from './lock.ts';
import { journalName } from './open-ledger.ts';
import { copyDatabase } from './sql/migrate.ts';
import { migrations } from './sql/migrations.ts';

export interface Backup {
  readonly file: string;
  readonly exchanges: number;
}

/**
 * A consistent copy of the ledger in one file, also while a gateway is writing: all that was settled
 * before the call is in it. To go back to it, put it in the place of `ledger.db` in an empty directory.
 */
export const backup = async (dir: string, file: string): Promise<Backup> => {
  const target = resolve(file);
  if (existsSync(target))
    throw new GatewayError(
      'ledger-down',
      `"${target}" is there already; a backup never writes over a file. Name another.`,
    );
  openForReading(dir).close();
  const lock = openLock(dir);
  try {
    if (lock) copyAtRest(dir, target);
    else await copyInUse(dir, target);
  } finally {
    lock?.release();
  }
  return { file: target, exchanges: countIn(target) };
};

/** Nobody is writing: take in what the journal still holds. Calls under way at a crash stay open for the gateway. */
const copyAtRest = (dir: string, file: string): void => {
  const journal = join(dir, journalName);
  mkdirSync(journal, { recursive: true, mode: 0o700 });
  const applier = new Applier(dir, journal, migrations);
  try {
    applier.applyUpTo({ segment: listSegments(journal).at(-1) ?? 0, offset: Number.MAX_SAFE_INTEGER });
    applier.copyTo(file);
  } finally {
    applier.close();
  }
};

/** The gateway applies its journal within moments: wait for what is in it now. */
const copyInUse = async (dir: string, file: string): Promise<void> => {
  const end = endOfJournal(join(dir, journalName));
  const database = openForReading(dir);
  try {
    const position = database.prepare('SELECT segment, "offset" FROM journal_position');
    for (let tries = 0; tries < 300; tries += 1) {
      const row = position.get();
      const segment = Number(row?.segment);
      if (segment > end.segment || (segment === end.segment && Number(row?.offset) >= end.offset)) {
        copyDatabase(database, file);
        return;
      }
      await pause(100);
    }
    throw new GatewayError(
      'ledger-down',
      'The running gateway has not taken its journal in for half a minute; its log says why. Nothing was copied.',
    );
  } finally {
    database.close();
  }
};

const endOfJournal = (journal: string): Position => {
  const segments = listSegments(journal);
  for (const segment of segments.toReversed()) {
    const reader = new SegmentReader(journal, segment, 0);
    try {
      while (reader.next());
      const end = endsBehind(journal, segment)?.get(segment) ?? reader.offset;
      if (reader.offset > 0) return { segment, offset: Math.min(end, reader.offset) };
    } finally {
      reader.close();
    }
  }
  return { segment: 0, offset: 0 };
};

const countIn = (file: string): number => {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(copy.prepare('SELECT COUNT(*) AS count FROM exchanges').get()?.count);
  } finally {
    copy.close();
  }
};
