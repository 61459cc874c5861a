import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeShell } from './fake-terminal.cases.ts';
import { bytesOf, fileOf, shellWith } from './outcome-files.cases.ts';

describe('publish', () => {
  const shellToPublish = async () => {
    const shell = shellWith({
      'tierwise.yaml': 'policy: policy.json\nledger: { path: led }\n',
      'a.jsonl': fileOf(40, 1),
    });
    for (const seed of ['1', '2', '3', '4', '5', '6', '7'])
      await shell.run(['train', 'a.jsonl', '--with', 'prior', '--seed', seed, '--out', `p${seed}.json`]);
    return shell;
  };
  const inForce = async (shell: FakeShell, words: readonly string[]) => {
    const { out, err } = await shell.run(['publish', ...words, '--json']);
    if (out === '') throw new Error(err);
    return JSON.parse(out) as { before: string; inForce: string; kept: string[] };
  };

  it('puts a policy where the configuration has it, keeps five, and goes back', async () => {
    const shell = await shellToPublish();

    const first = await inForce(shell, ['p1.json']);
    expect(first.before).toMatch(/^default@/);
    expect(bytesOf(shell, 'policy.json').equals(bytesOf(shell, 'p1.json'))).toBe(true);
    const others = [];
    for (const seed of [2, 3, 4, 5, 6, 7]) others.push(await inForce(shell, [`p${seed}.json`]));
    expect(others[0]?.before).toBe(first.inForce);
    expect(others.at(-1)?.kept).toHaveLength(5);
    expect(bytesOf(shell, 'policy.json').equals(bytesOf(shell, 'p7.json'))).toBe(true);

    const back = await inForce(shell, ['--rollback']);
    expect(back).toMatchObject({ before: others[5]?.inForce, inForce: others[4]?.inForce });
    expect(bytesOf(shell, 'policy.json').equals(bytesOf(shell, 'p6.json'))).toBe(true);
  });

  it('goes back to the policy that ships, too', async () => {
    const shell = await shellToPublish();
    await inForce(shell, ['p1.json']);

    const back = await inForce(shell, ['--rollback']);

    expect(back.inForce).toMatch(/^default@/);
    const again = await shell.run(['publish', '--rollback']);
    expect(again).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('There is no policy to go back to'),
    });
  });

  it('refuses what is changed, and what nobody would read', async () => {
    const shell = await shellToPublish();
    const changed = bytesOf(shell, 'p1.json').toString().replace('"name":"own"', '"name":"won"');
    writeFileSync(join(shell.folder, 'changed.json'), changed);
    writeFileSync(join(shell.folder, 'plain.yaml'), 'ledger: { path: led }\n');

    expect(await shell.run(['publish', 'changed.json'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('changed.json: The policy file does not hold what its hash says'),
    });
    expect(await shell.run(['publish', 'p1.json', '-c', 'plain.yaml'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('Add "policy: policy.json"'),
    });
    expect(await shell.run(['publish'])).toMatchObject({ exitCode: 2 });
    expect(await shell.run(['publish', 'p1.json', '--rollback'])).toMatchObject({ exitCode: 2 });
    expect(existsSync(join(shell.folder, 'policy.json'))).toBe(false);
  });
});
