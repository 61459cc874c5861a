import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type FakeShell, fakeShell } from './fake-terminal.cases.ts';

/** `serve` in this process, on a free port. */
const serving = async (shell: FakeShell, words: readonly string[] = []) => {
  const control = new AbortController();
  const said: string[] = [];
  const ended = shell.run(['serve', '--port', '0', ...words], {
    signal: control.signal,
    onPrint: (line) => said.push(line),
  });
  onTestFinished(() => control.abort());
  const url = await vi.waitFor(
    () => {
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said.join('\n')) ?? [];
      if (!found) throw new Error(said.join('\n'));
      return found;
    },
    { timeout: 20_000 },
  );
  return {
    url,
    said: () => said.join('\n'),
    stop: async () => {
      control.abort();
      return await ended;
    },
  };
};

const ask = async (url: string, content: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  });

describe('serve', () => {
  it('answers, is read back by logs, report and backup, and ends when asked to', async () => {
    const shell = fakeShell();
    const gateway = await serving(shell);
    const light = await ask(gateway.url, 'Fix the commas: apples pears plums');
    await ask(gateway.url, 'Find the security hole in this login handler: eval(user)', {
      'x-tierwise-tags': 'team=red',
    });
    await Promise.all([light.text()]);
    const id = light.headers.get('x-tierwise-exchange') ?? '';

    const lines = await vi.waitFor(
      async () => {
        const { out } = await shell.run(['logs']);
        expect(out.trim().split('\n')).toHaveLength(2);
        return out.trim().split('\n');
      },
      { timeout: 20_000 },
    );
    const one = await shell.run(['logs', id.slice(-8)]);
    const filtered = await shell.run(['logs', '--tier', 'frontier', '--json']);
    const report = await shell.run(['report', '--json']);
    const tagged = await shell.run(['report', '--by', 'rule', '--tag', 'team=red']);
    const copied = await shell.run(['backup', 'copy.db']);
    const again = await shell.run(['backup', 'copy.db']);
    const stopped = await gateway.stop();

    expect(gateway.said()).toContain('simulated, for no provider key was found');
    expect(lines[0]).toMatch(/light +auto → sim-light-a +200/);
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(one.out).toContain(id);
    expect(one.out).toContain('formatting and syntax fixes');
    expect(JSON.parse(filtered.out)).toMatchObject({ tier: 'frontier', tags: { team: 'red' } });
    const { rows, total } = JSON.parse(report.out) as {
      rows: { key: string; cost: string; saved: string }[];
      total: { cost: string; requests: number };
    };
    expect(rows.map(({ key }) => key).toSorted()).toEqual(['frontier', 'light']);
    expect(rows.reduce((sum, { cost }) => sum + BigInt(cost), 0n)).toBe(BigInt(total.cost));
    expect(tagged.out).toContain('security analysis');
    expect(tagged.out).not.toContain('formatting');
    expect(copied).toMatchObject({ exitCode: 0, out: expect.stringContaining('2 exchanges') });
    expect(again.exitCode).toBe(1);
    expect(stopped.exitCode).toBe(0);
    await expect(fetch(gateway.url)).rejects.toThrow();
    expect(existsSync(join(shell.folder, '.tierwise/simulated-upstream.url'))).toBe(false);
  });

  it('puts a changed file in force and keeps the old one when the new is broken', async () => {
    const shell = fakeShell();
    const file = join(shell.folder, 'tierwise.yaml');
    writeFileSync(file, 'routes: { auto: { strategy: { type: fixed, use: mid } } }');
    const gateway = await serving(shell);
    const tier = async () => (await ask(gateway.url, 'hello')).headers.get('x-tierwise-tier');

    const first = await tier();
    writeFileSync(file, 'routes: { auto: { strategy: { type: fixed, use: frontier } } }');
    await vi.waitFor(async () => expect(await tier()).toBe('frontier'), { timeout: 20_000 });
    writeFileSync(file, 'routes: { auto: { strategy: { type: fixed, use: frontir } } }');
    await vi.waitFor(() => expect(gateway.said()).toContain('the old one stays'), { timeout: 20_000 });

    writeFileSync(
      file,
      'server: { port: 1 }\nroutes: { auto: { strategy: { type: fixed, use: frontier } } }\nlog: { level: warn }',
    );
    await vi.waitFor(() => expect(gateway.said()).toContain('log level will be in force after a restart'), {
      timeout: 20_000,
    });

    expect(first).toBe('mid');
    expect(await tier()).toBe('frontier');
    expect(gateway.said()).toContain('Did you mean "frontier"?');
    await gateway.stop();
  });

  it('refuses a port that is taken and an address that anybody could reach', async () => {
    const shell = fakeShell();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;

    expect(await shell.run(['serve', '--port', String(port)])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('--port'),
    });
    expect(await shell.run(['serve', '--host', '0.0.0.0'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('nobody would need a key'),
    });
  });
});

describe('logs --follow', () => {
  it('waits for a ledger, shows what was and what comes, and ends when asked to', async () => {
    const shell = fakeShell();
    const control = new AbortController();
    const shown: string[] = [];
    const following = shell.run(['logs', '--follow', '--json'], {
      signal: control.signal,
      onPrint: (line) => shown.push(line),
    });
    await vi.waitFor(() => expect(shown.join()).toContain('Waiting'), { timeout: 20_000 });
    const gateway = await serving(shell);
    const exchanges = () => shown.filter((line) => line.startsWith('{'));

    await ask(gateway.url, 'Fix the commas: apples pears plums');
    await vi.waitFor(() => expect(exchanges()).toHaveLength(1), { timeout: 20_000 });
    await ask(gateway.url, 'hello');
    await vi.waitFor(() => expect(exchanges()).toHaveLength(2), { timeout: 20_000 });
    control.abort();

    expect((await following).exitCode).toBe(0);
    await gateway.stop();
  });
});

describe('demo', () => {
  it('sends a workload by both SDKs, and ledger and book agree', async () => {
    const { exitCode, out, err } = await fakeShell().run(['demo', '--limit', '24', '--speed', '0', '--json']);

    expect(err).toContain('24 of 24');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      sent: 24,
      answered: 24,
      altered: 0,
      failures: [],
      books: { calls: 24, differences: [] },
    });
  });

  it('uses the gateway that runs', async () => {
    const shell = fakeShell();
    const gateway = await serving(shell);
    writeFileSync(join(shell.folder, 'tierwise.yaml'), `server: { port: ${new URL(gateway.url).port} }`);

    const { exitCode, out, err } = await shell.run(['demo', '--limit', '8']);

    expect(err).toContain(`the gateway at ${gateway.url}`);
    expect(out).toContain('agree to the nano-dollar: 8 calls');
    expect(exitCode).toBe(0);
    await gateway.stop();
  });

  it('labels nothing where no gateway runs whose ledger would keep it', async () => {
    const { exitCode, err } = await fakeShell().run(['demo', '--limit', '4', '--label', '--own']);

    expect(exitCode).toBe(1);
    expect(err).toContain('Labels need a gateway that runs');
  });

  it('leaves labels of its answers in the ledger of the gateway that runs', async () => {
    const shell = fakeShell();
    const gateway = await serving(shell);
    writeFileSync(join(shell.folder, 'tierwise.yaml'), `server: { port: ${new URL(gateway.url).port} }`);

    const first = await shell.run(['demo', '--limit', '4', '--model', 'light', '--label']);
    const second = await shell.run(['demo', '--limit', '4', '--skip', '4', '--model', 'mid', '--label']);
    const report = await vi.waitFor(
      async () => {
        const told = JSON.parse((await shell.run(['report', '--json'])).out);
        expect(told.total.labelled).toBe(8);
        return told;
      },
      { timeout: 20_000 },
    );

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(first.out).toContain('4 answers were labelled in the ledger');
    expect(
      report.rows.map(({ key, labelled }: { key: string; labelled: number }) => [key, labelled]),
    ).toEqual(
      expect.arrayContaining([
        ['light', 4],
        ['mid', 4],
      ]),
    );
    const asked = (await shell.run(['logs', '--json'])).out.trim().split('\n');
    expect(new Set(asked.map((line) => JSON.parse(line).session)).size).toBe(8);
    await gateway.stop();
  });
});
