import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort, untilListening } from '../ports.ts';
import { requestOnce } from '../probe.ts';
import { gatewayCore, startPinned } from '../process.ts';
import type { Contestant, Running, Surroundings } from './contestant.ts';

export const root = join(import.meta.dirname, '../../..');

/** The package as it is installed, with keys, the default rules and a ledger on disk: as it is served in earnest. */
export const tierwise: Contestant = {
  name: 'tierwise',
  start: (surroundings) => {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    return startBuild(root, surroundings);
  },
};

/** Starts what was built in the checkout in this folder. */
export const startBuild = async (
  checkout: string,
  { upstreamPort, folder, profile }: Omit<Surroundings, 'cache'>,
): Promise<Running> => {
  const main = join(checkout, 'dist/cli/main.js');
  const port = await freePort();
  const secret = `tw-${randomBytes(24).toString('base64url')}`;
  const file = join(folder, 'tierwise.yaml');
  writeFileSync(file, stringify(config({ port, upstreamPort, secret, folder })));
  const started = startPinned({
    core: gatewayCore,
    command: process.execPath,
    args: [
      // as its own first line has it
      '--max-semi-space-size=16',
      ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []),
      main,
      'serve',
      '--config',
      file,
    ],
    cwd: folder,
    env: { HOME: folder },
  });
  try {
    await untilListening(port, started);
    const target = { port, pid: started.pid, headers: { authorization: `Bearer ${secret}` } };
    const { status } = await requestOnce({ ...target, headers: {} }, 'json');
    if (status !== 401) throw new Error(`without a key it answered ${status}, not 401`);
    const { head } = await requestOnce(target, 'json');
    const told = (name: string): string =>
      new RegExp(`\r\n${name}: *([^\r]*)`, 'i').exec(head)?.[1] ?? 'not told';
    return {
      target: () => target,
      facts: [
        `keys on (401 without one), ledger in ${folder}, model ${told('x-tierwise-model')}: ${told('x-tierwise-reason')}`,
      ],
      stop: started.stop,
    };
  } catch (error) {
    await started.stop();
    throw error;
  }
};

interface Wanted {
  readonly port: number;
  readonly upstreamPort: number;
  readonly secret: string;
  readonly folder: string;
}

const config = ({ port, upstreamPort, secret, folder }: Wanted): object => ({
  server: { host: '127.0.0.1', port, tellsTiming: true },
  providers: {
    bench: {
      type: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
      key: 'bench-upstream-key',
      models: {
        small: model('light', 0.1, 0.4),
        middle: model('mid', 1, 4),
        large: model('frontier', 5, 25),
      },
    },
  },
  keys: [{ name: 'bench', hash: `sha256:${createHash('sha256').update(secret).digest('hex')}` }],
  ledger: { path: join(folder, 'ledger') },
  log: { level: 'warn' },
});

const model = (tier: string, input: number, output: number): object => ({
  tier,
  prices: { input, output },
  contextTokens: 200_000,
  maxOutputTokens: 32_000,
  capabilities: { tools: true, input: ['text'] },
});
