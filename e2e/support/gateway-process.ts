import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** The real binary, as an operator starts it, with a folder of its own. */
export interface GatewayProcess {
  readonly url: string;
  /** Where its configuration and ledger are. */
  readonly folder: string;
  readonly configFile: string;
  readonly process: ChildProcess;
  /** Everything it wrote so far. */
  readonly output: () => string;
  /** Ends it; resolves with its exit code (null where a signal did). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Ends it and takes the folder away. */
  remove(): Promise<void>;
}

export interface GatewayOptions {
  /** As in tierwise.yaml, without `server`. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Start again where another one was. */
  readonly folder?: string;
  /** Put before node: `['strace', '-f']`. */
  readonly wrapper?: readonly string[];
}

export const startGateway = async (options: GatewayOptions = {}): Promise<GatewayProcess> => {
  const { config = {}, environment = {}, wrapper = [] } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tierwise-e2e-'));
  const port = await freePort();
  const configFile = join(folder, 'tierwise.yaml');
  writeFileSync(
    configFile,
    stringify({ server: { port, shutdownGrace: '2s' }, log: { level: 'warn' }, ...config }),
  );
  const [command = process.execPath, ...rest] = [
    ...wrapper,
    process.execPath,
    main,
    'serve',
    '--config',
    configFile,
  ];
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child, () => output);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    folder,
    configFile,
    process: child,
    output: () => output,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ready = async (url: string, child: ChildProcess, output: () => string): Promise<void> => {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}:\n${output()}`);
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the gateway did not become ready:\n${output()}`);
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
