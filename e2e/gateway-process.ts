import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from './loopback.ts';

const main = join(import.meta.dirname, '../src/cli/main.ts');

export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  /** All it has said so far. */
  said(): string;
  stop(): Promise<void>;
}

const patienceMs = 20_000;

/** The real binary, served from a configuration in `folder`; its ledger is there too. */
export const startGatewayProcess = async (config: object, folder: string): Promise<GatewayProcess> => {
  const port = await freePort();
  const file = join(folder, 'tierwise.yaml');
  writeFileSync(
    file,
    stringify({ ...config, server: { host: '127.0.0.1', port }, ledger: { path: join(folder, 'ledger') } }),
  );
  const child = spawn(process.execPath, [main, 'serve', '--config', file], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const isLate = await Promise.race([gone.then(() => false), pause(10_000, true, { ref: false })]);
    if (!isLate) return;
    child.kill('SIGKILL');
    await gone;
  };
  const url = `http://127.0.0.1:${port}`;
  for (const end = performance.now() + patienceMs; performance.now() < end; await pause(50)) {
    if (child.exitCode !== null) break;
    const isThere = await fetch(url, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (isThere) return { url, pid: child.pid ?? 0, said: () => words, stop };
  }
  await stop();
  throw new Error(`the gateway does not listen: ${words}`);
};
