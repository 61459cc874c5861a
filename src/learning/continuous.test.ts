import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { realWorld } from '../kit/world.ts';
import type { SignalKeeper } from '../ledger/signals.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { openOutcomeReader } from '../storage/outcome-reader.ts';
import { exchangeLike, intentLike, newId } from '../storage/records.cases.ts';
import { type LearnOutcome, type LearnTask, learnOnce } from './continuous.ts';
import { usualImplicit } from './ledger-rows.ts';
import { bytesOf, meansLearning, meansPolicy } from './means-policy.cases.ts';
import { type PolicyShelf, readShelf, rollBack } from './policy-shelf.ts';

const dayMs = 86_400_000;
const start = 1_790_000_000_000;
const sonnet = 'anthropic/claude-sonnet-5';

let folder: string;
let shelf: PolicyShelf;
let ledger: Awaited<ReturnType<typeof openLedger>> & SignalKeeper;
let clock: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tierwise-learning-'));
  shelf = { folder: join(folder, 'policies'), inForce: join(folder, 'policies', 'policy.json') };
  ledger = await openLedger({ dir: folder, texts: { store: false, keepMs: 0 }, world: realWorld });
  clock = start;
  return async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  };
});

/** So many answers of one model, each labelled with this score. */
const label = async (count: number, score: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) {
    clock += 60_000;
    const id = newId(clock);
    ledger.settle(exchangeLike(intentLike({ id, receivedAt: clock, session: id })));
    await ledger.note({ exchange: id, at: clock, source: 'user', score });
  }
  await ledger.flush();
};

const learn = (part: Partial<LearnTask> = {}): LearnOutcome => {
  const reader = openOutcomeReader({ dir: folder });
  onTestFinished(() => reader.close());
  clock += 1;
  const task = {
    shelf,
    now: clock,
    minLabels: 20,
    halfLifeMs: 30 * dayMs,
    hold: 0.3,
    implicit: usualImplicit,
  };
  return learnOnce({ ...task, ...part }, { ...meansLearning, reader });
};

const inForce = () => meansLearning.read(readFileSync(shelf.inForce));
const meanInForce = () => (inForce().file.heads.means as Record<string, number>)[sonnet];

const putInForce = (mean: number, name = 'mine'): void => {
  learn();
  writeFileSync(shelf.inForce, bytesOf(meansPolicy({ [sonnet]: mean }, name)));
};

describe('a round of learning', () => {
  it('waits until enough was said', async () => {
    await label(19, 1);

    expect(learn()).toEqual({ type: 'waiting', labels: 19, wanted: 20 });
    expect(readdirSync(folder)).not.toContain('policies');
  });

  it('publishes what fits the newest labels better, made of all of them', async () => {
    await label(20, 1);
    learn();
    expect(meanInForce()).toBe(1);
    await label(60, 0);

    const outcome = learn();

    expect(outcome).toMatchObject({ type: 'published', rows: 80, loss: { rows: 18, older: 1 } });
    expect(outcome.type === 'published' && outcome.loss.difference.high).toBeLessThan(0);
    expect(outcome.type === 'published' && outcome.policy).toBe(inForce().predictor.policy);
    expect(meanInForce()).toBeCloseTo(0.25, 2);
  });

  it('keeps what is in force where what was learnt is worse, and waits for more before it tries again', async () => {
    await label(40, 0);
    putInForce(1);
    await label(20, 1);

    const outcome = learn();

    expect(outcome).toMatchObject({ type: 'kept', loss: { older: 0 } });
    expect(inForce().predictor.policy).toMatch(/^mine@/);
    await label(19, 1);
    expect(learn()).toMatchObject({ type: 'waiting', labels: 19 });
  });

  it('goes out from a policy that somebody else put in force, and keeps it to go back to', async () => {
    await label(20, 1);
    learn();
    putInForce(0.9);
    await label(20, 1);

    expect(learn()).toMatchObject({ type: 'published', before: expect.stringMatching(/^mine@/) });

    expect(inForce().file.name).toBe('own');
    expect(readShelf(shelf).base).toMatch(/^mine@/);
    expect(meanInForce()).toBe(1);
    expect(rollBack(shelf, clock)).toMatchObject({ to: expect.stringMatching(/^mine@/) });
    expect(meanInForce()).toBe(0.9);
  });

  it('knows what a policy trained by hand on the same ledger has learnt, and goes on from there', async () => {
    await label(40, 1);
    learn();
    const mine = { ...meansPolicy({ [sonnet]: 1 }, 'mine'), sources: [{ name: 'ledger', rows: 40 }] };
    writeFileSync(shelf.inForce, bytesOf(mine));
    utimesSync(shelf.inForce, clock / 1000, clock / 1000);

    expect(learn()).toMatchObject({ type: 'waiting', labels: 0 });

    await label(20, 0.5);
    expect(learn()).toMatchObject({ type: 'published', rows: 20 });
  });

  it('never counts a label twice: each policy is made of the base and all that was ever said', async () => {
    await label(30, 1);
    learn();
    await label(30, 0.99);
    learn();

    expect(meanInForce()).toBeCloseTo(0.995, 3);
    expect(readShelf(shelf)).toMatchObject({ base: null, learntUpTo: clock });
  });

  it('keeps the last five, and goes back one by one', async () => {
    const published: string[] = [];
    for (let round = 0; round < 7; round += 1) {
      await label(20, 1 - round / 100);
      const outcome = learn();
      if (outcome.type === 'published') published.push(outcome.policy);
    }
    expect(published).toHaveLength(7);

    const files = readdirSync(shelf.folder).filter((name) => name.startsWith('own@'));
    const back = [1, 2, 3, 4].map(() => rollBack(shelf, clock).to);

    expect(files.sort()).toEqual(
      published
        .slice(2)
        .map((policy) => `${policy}.json`)
        .sort(),
    );
    expect(back).toEqual(published.slice(2, 6).reverse());
    expect(inForce().predictor.policy).toBe(published[2]);
    expect(() => rollBack(shelf, clock)).toThrow('no policy to go back to');
  });

  it('after a step back waits for new labels instead of doing the same again', async () => {
    await label(20, 1);
    learn();
    await label(20, 0.9);
    learn();
    clock += 1;
    const { from } = rollBack(shelf, clock);

    expect(learn()).toEqual({ type: 'waiting', labels: 0, wanted: 20 });
    expect(inForce().predictor.policy).not.toBe(from);
  });

  it('says so where a single conversation holds all that was said', async () => {
    const receivedAt = clock;
    for (let at = 0; at < 20; at += 1) {
      const id = newId(receivedAt + at);
      ledger.settle(exchangeLike(intentLike({ id, receivedAt: receivedAt + at, session: 'one' })));
      await ledger.note({ exchange: id, at: clock, source: 'user', score: 1 });
    }
    await ledger.flush();
    clock += 1000;

    expect(learn()).toMatchObject({
      type: 'kept',
      why: expect.stringContaining('nothing is left to learn from'),
    });
  });
});
