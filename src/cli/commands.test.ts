import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashKey } from '../access/keys.ts';
import { commands } from './commands/index.ts';
import { fakeShell } from './fake-terminal.cases.ts';

const keys = { OPENAI_API_KEY: 'sk-openai', ANTHROPIC_API_KEY: 'sk-anthropic' };

describe('the command line', () => {
  it('names every command in its help', async () => {
    const { exitCode, out } = await fakeShell().run(['--help']);

    expect(exitCode).toBe(0);
    for (const { name } of commands) expect(out).toContain(name.split(' ')[0]);
  });

  it.each(commands.map(({ name }) => name))(
    'explains "%s" with examples that it would take',
    async (name) => {
      const { exitCode, out } = await fakeShell().run([...name.split(' '), '--help']);

      expect(exitCode).toBe(0);
      expect(out).toContain('Options:');
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    },
  );

  it('ends with 2 where the words themselves are wrong', async () => {
    const shell = fakeShell();

    expect(await shell.run(['chekc'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('check') });
    expect(await shell.run(['models', '--teir', 'mid'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--tier'),
    });
    expect(await shell.run(['models', '--tier', 'best'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('light, mid, frontier'),
    });
    expect(await shell.run(['logs', '--limit', 'many'])).toMatchObject({ exitCode: 2 });
    expect(await shell.run(['report', '--from', 'yesterday'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('24h'),
    });
  });
});

describe('check', () => {
  it('ends with 0 on sound files and warnings, with 1 on errors', async () => {
    const shell = fakeShell();
    const write = (text: string) => writeFileSync(join(shell.folder, 'tierwise.yaml'), text);

    expect(await shell.run(['check'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('sound') });
    write('server: { prot: 1 }');
    expect(await shell.run(['check'])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('tierwise.yaml:1:11'),
    });
    write('providers: { openai: { type: openai, key: sk-literal-0123456789 } }');
    const warned = await shell.run(['check']);
    expect(warned).toMatchObject({ exitCode: 0, out: expect.stringContaining('1 warning') });
    expect(warned.out).not.toContain('literal-0123456789');
  });

  it('finds a policy that is missing; whoever only reads the ledger or the catalogue is not held up by it', async () => {
    const shell = fakeShell();
    writeFileSync(join(shell.folder, 'tierwise.yaml'), 'policy: gone.json');

    expect(await shell.run(['check'])).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('gone.json'),
    });
    expect((await shell.run(['route', 'hello'])).exitCode).toBe(1);
    expect((await shell.run(['models'])).exitCode).toBe(0);
    for (const words of [['logs'], ['report'], ['label', 'K3M9Q2A', '--score', '1'], ['backup', 'copy.db']])
      expect((await shell.run(words)).err).not.toContain('gone.json');
  });

  it('prints findings as JSON', async () => {
    const { exitCode, out } = await fakeShell().run(['check', '--config', 'nowhere.yaml', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject([{ code: 'no-file', severity: 'error' }]);
  });
});

describe('models', () => {
  it('lists what the configured providers serve, by tier, with prices', async () => {
    const { out } = await fakeShell().run(['models', '--provider', 'anthropic', '--json'], {
      environment: keys,
    });

    const models = JSON.parse(out) as { provider: string; tier: string; blendedUsd: number }[];
    expect(models.length).toBeGreaterThan(3);
    expect(new Set(models.map(({ provider }) => provider))).toEqual(new Set(['anthropic']));
    expect(models.map(({ tier }) => tier)).toEqual(
      models.map(({ tier }) => tier).toSorted((a, b) => order(a) - order(b)),
    );
  });

  it('fits into the width of the terminal', async () => {
    const { out } = await fakeShell().run(['models', '--all'], { environment: keys, columns: 100 });

    for (const line of out.split('\n').slice(0, -2)) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('shows how far tiers lie apart', async () => {
    const { out } = await fakeShell().run(['models', '--spread', '--all']);

    expect(out).toMatch(/openai +\d+(\.\d)?×/);
    expect(out).toContain('Cheapest frontier');
  });

  it('suggests the provider that was meant', async () => {
    const { exitCode, err } = await fakeShell().run(['models', '--provider', 'antropic'], {
      environment: keys,
    });

    expect(exitCode).toBe(1);
    expect(err).toContain('Did you mean "anthropic"?');
  });
});

describe('route', () => {
  it('says rule, tier, plan and predicted cost of a prompt', async () => {
    const { exitCode, out } = await fakeShell().run([
      'route',
      'Find the security hole in this login handler: eval(user)',
    ]);

    expect(exitCode).toBe(0);
    expect(out).toMatch(/rule +security analysis/);
    expect(out).toMatch(/tier +frontier/);
    expect(out).toMatch(/plan +1\. sim-openai\/sim-frontier-a/);
    expect(out).toMatch(/predicted +\$0\.\d+/);
  });

  it.each([
    [
      'anthropic-messages',
      { max_tokens: 5, system: 'Be brief.', messages: [{ role: 'user', content: 'hi' }] },
    ],
    ['openai-responses', { instructions: 'Be brief.', input: [{ role: 'user', content: 'hi' }] }],
    ['openai-chat', { messages: [{ role: 'user', content: 'hi' }] }],
  ])('reads a body as clients of %s send it', async (name, body) => {
    const input = JSON.stringify({ model: 'auto', ...body });

    const { out } = await fakeShell().run(['route', '--file', '-'], { input });

    expect(out).toContain(`auto (${name})`);
  });

  it('asks in the dialect it is told', async () => {
    const { out } = await fakeShell().run(['route', 'hi', '--dialect', 'openai-responses', '--tools', '2']);

    expect(out).toContain('auto (openai-responses)');
  });

  it('heeds tags, tools and the model asked for', async () => {
    const shell = fakeShell();

    const tagged = await shell.run([
      'route',
      'hello',
      '--tag',
      'priority=critical',
      '--tools',
      '3',
      '--json',
    ]);
    const pinned = await shell.run(['route', 'hello', '--model', 'sim-mid-a', '--json']);

    expect(JSON.parse(tagged.out)).toMatchObject({ tier: 'frontier', features: { toolCount: 3 } });
    expect(JSON.parse(pinned.out)).toMatchObject({
      mode: 'pinned',
      plan: [{ ask: ['sim-openai/sim-mid-a'] }],
    });
  });

  it('says what is wrong with what it was given', async () => {
    const shell = fakeShell();

    expect(await shell.run(['route'])).toMatchObject({ exitCode: 2 });
    expect(await shell.run(['route', 'x', '--file', '-'])).toMatchObject({ exitCode: 2 });
    expect(await shell.run(['route', '--file', 'no.json'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('no.json'),
    });
    expect(await shell.run(['route', '--file', '-'], { input: '{"model":' })).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('too early'),
    });
    expect(await shell.run(['route', 'x', '--model', 'sim-mid-z'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('sim-mid-a'),
    });
    expect(await shell.run(['route', 'x', '--caller', 'bob'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('bob'),
    });
  });
});

describe('init', () => {
  it('writes a file that is sound, and its schema, for the keys it finds', async () => {
    const shell = fakeShell();

    const written = await shell.run(['init', '--yes', '--observe', '--port', '4321'], { environment: keys });
    const checked = await shell.run(['check'], { environment: keys });

    expect(written.exitCode).toBe(0);
    expect(checked).toMatchObject({ exitCode: 0, err: '' });
    expect(readFileSync(join(shell.folder, 'tierwise.yaml'), 'utf8')).toContain('port: 4321');
    expect(JSON.parse(readFileSync(join(shell.folder, 'tierwise.schema.json'), 'utf8'))).toHaveProperty(
      'properties.routes',
    );
  });

  it('never writes over a file unasked', async () => {
    const shell = fakeShell();
    const file = join(shell.folder, 'tierwise.yaml');
    writeFileSync(file, '# mine');

    expect(await shell.run(['init', '--yes'])).toMatchObject({ exitCode: 1 });
    expect(readFileSync(file, 'utf8')).toBe('# mine');
    expect(await shell.run(['init', '--yes', '--force'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, 'utf8')).not.toBe('# mine');
  });

  it('asks nobody where nobody is', async () => {
    const shell = fakeShell();

    expect(await shell.run(['init'])).toMatchObject({ exitCode: 1, err: expect.stringContaining('--yes') });
    expect(existsSync(join(shell.folder, 'tierwise.yaml'))).toBe(false);
  });
});

describe('keys create', () => {
  it('prints the key on standard output and only its hash beside it', async () => {
    const { out, err } = await fakeShell().run(['keys', 'create', 'research']);

    expect(out).toMatch(/^tw_[\w-]{43}$/);
    expect(err).toContain(hashKey(out));
    expect(err).not.toContain(out);
  });

  it('inserts the hash where asked, and the file stays sound', async () => {
    const shell = fakeShell();
    const file = join(shell.folder, 'tierwise.yaml');
    writeFileSync(file, '# mine\nserver: { host: 0.0.0.0 }\n');

    const { exitCode, out } = await shell.run(['keys', 'create', 'research', '--write', '--routes', 'auto']);

    expect(exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      `# mine\nserver: { host: 0.0.0.0 }\n\nkeys:\n  - name: research\n    hash: ${hashKey(out)}\n    routes: [auto]\n`,
    );
    expect(await shell.run(['check'])).toMatchObject({ exitCode: 0 });
  });

  it('refuses a name or route that would make the configuration wrong', async () => {
    const shell = fakeShell();
    await shell.run(['keys', 'create', 'research', '--write']);

    expect(await shell.run(['keys', 'create', 'research', '--write'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('research'),
    });
    expect(await shell.run(['keys', 'create', 'ci', '--write', '--routes', 'atuo'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('auto'),
    });
  });
});

const order = (tier: string): number => ['light', 'mid', 'frontier'].indexOf(tier);
