import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realWorld } from '../kit/world.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { attemptLike, exchangeLike, intentLike, newId } from '../storage/records.cases.ts';
import { type FakeShell, fakeShell } from './fake-terminal.cases.ts';

/** A shell in the folder of a gateway that runs, with two exchanges in its ledger. */
const shellWithLedger = async () => {
  const shell = fakeShell();
  const ledger = await openLedger({
    dir: join(shell.folder, '.tierwise'),
    texts: { store: false, keepMs: 0 },
    world: realWorld,
  });
  onTestFinished(() => ledger.close());
  const [one, other] = [newId(), newId()].map((id) =>
    exchangeLike(intentLike({ id }), { attempts: [attemptLike({ upstreamId: `msg_of_${id.slice(-4)}` })] }),
  );
  if (!one || !other) throw new Error('two were made');
  ledger.settle(one);
  ledger.settle(other);
  await ledger.flush();
  return { shell, ledger, one, other };
};

const labelsOf = async (shell: FakeShell, id: string): Promise<readonly unknown[]> =>
  (JSON.parse((await shell.run(['logs', id, '--json'])).out) as { labels: unknown[] }).labels;

describe('label', () => {
  it('takes the owner’s word on an answer while a gateway runs, and the newest holds', async () => {
    const { shell, one, other } = await shellWithLedger();

    const said = await shell.run(['label', one.id.slice(-7), '--score', '0.5', '--label', 'wrong-file']);
    await shell.run(['label', one.attempts[0]?.upstreamId ?? '', '--score', '0', '--comment', 'No.']);

    expect(said).toMatchObject({ exitCode: 0, out: expect.stringContaining(`${one.id} has 0.5 by owner`) });
    expect(await labelsOf(shell, one.id)).toEqual([
      { exchange: one.id, source: 'owner', score: 0, comment: 'No.', at: expect.any(Number) },
    ]);
    expect(await labelsOf(shell, other.id)).toEqual([]);
    expect((await shell.run(['logs', one.id])).out).toMatch(/labels\s+0 by owner {2}No\./);
    expect((await shell.run(['logs'], { columns: 200 })).out).toContain('0 by owner · ');
  });

  it('takes a file of them, and says which lines it left', async () => {
    const { shell, one, other } = await shellWithLedger();
    const lines = [
      JSON.stringify({ exchange: one.id, score: 0.25, source: 'test', label: 'suite' }),
      '',
      JSON.stringify({ exchange: `msg_of_${other.id.slice(-4)}`, rating: 'up', source: 'user' }),
      JSON.stringify({ exchange: newId(), score: 1 }),
      JSON.stringify({ exchange: one.id, score: 7 }),
      '{"exchange":',
      JSON.stringify({ score: 1 }),
    ];
    writeFileSync(join(shell.folder, 'labels.jsonl'), lines.join('\n'));

    const { exitCode, out, err } = await shell.run(['label', '--file', 'labels.jsonl']);

    expect(exitCode).toBe(1);
    expect(out).toContain('2 labels were taken, 4 were not');
    expect(err).toMatch(/line 4: There is no exchange/);
    expect(err).toMatch(/line 5: "score" has to be a number from 0/);
    expect(err).toMatch(/line 6: The line is not JSON/);
    expect(err).toMatch(/line 7: "exchange" has to be/);
    expect(await labelsOf(shell, one.id)).toMatchObject([{ source: 'test', score: 0.25, label: 'suite' }]);
    expect(await labelsOf(shell, other.id)).toMatchObject([{ source: 'user', score: 1 }]);
  });

  it('says what is missing', async () => {
    const { shell, one } = await shellWithLedger();

    expect(await shell.run(['label'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('Name an'),
    });
    expect(await shell.run(['label', one.id])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('how good'),
    });
    expect(await shell.run(['label', one.id, '--score', '2'])).toMatchObject({ exitCode: 2 });
    expect(await shell.run(['label', 'ZZZZ', '--score', '1'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('No exchange has the id'),
    });
    expect(await shell.run(['label', '--file', 'none.jsonl'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('no file'),
    });
  });

  it('is summed up by report: how many, and the mean of the words that count', async () => {
    const { shell, ledger, one, other } = await shellWithLedger();
    await ledger.note({ exchange: one.id, at: 1, source: 'user', score: 1 });
    await ledger.note({ exchange: one.id, at: 1, source: 'test', score: 0 });
    await ledger.note({ exchange: other.id, at: 1, source: 'caller', score: 0.5 });
    await ledger.flush();

    const { out } = await shell.run(['report']);
    const { total } = JSON.parse((await shell.run(['report', '--json'])).out) as { total: object };

    expect(out).toMatch(/LABELS +SCORE/);
    expect(out).toMatch(/2 +0\.25/);
    expect(total).toMatchObject({ labelled: 2, meanScore: 0.25 });
  });
});
