import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

/** As in tierwise.yaml. */
export type ConfigFile = Readonly<Record<string, unknown>> & {
  readonly server?: Readonly<Record<string, unknown>>;
};

/** The real binary, as an operator starts it. */
export interface GatewayProcess {
  readonly url: string;
  /** Where its configuration and its ledger are. */
  readonly folder: string;
  readonly configFile: string;
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** Resolves with its exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Stops it and takes its folder away. */
  remove(): Promise<void>;
}

export interface GatewayOptions {
  /** Its address is any free port of loopback, its ledger is in the folder. */
  readonly config?: ConfigFile;
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: a new one. */
  readonly folder?: string;
  /** Put before node: `['strace', '-f']`. */
  readonly wrapper?: readonly string[];
}

const patienceMs = 30_000;

export const startGateway = async (options: GatewayOptions = {}): Promise<GatewayProcess> => {
  const { config = {}, environment = {}, wrapper = [] } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tierwise-e2e-'));
  const configFile = writeConfig(folder, config);
  const [command = '', ...rest] = [...wrapper, process.execPath, main, 'serve', '--config', configFile];
  const child = spawn(command, rest, {
    cwd: folder,
    env: environmentOf(folder, environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the gateway did not start:\n${output}`));
    }, patienceMs);
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      const [, found] = /Tierwise \S+ +(http:\S+)/.exec(output) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the gateway ended with ${code}:\n${output}`));
    });
    child.once('error', reject);
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    const code = await exited;
    clearTimeout(late);
    return code;
  };
  return {
    ...{ url, folder, configFile, exited, stop },
    pid: child.pid ?? 0,
    output: () => output,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Writes it where `startGateway` looks for it; a running gateway takes it over. */
export const writeConfig = (folder: string, { server, ...config }: ConfigFile): string => {
  const file = join(folder, 'tierwise.yaml');
  const listening = { host: '127.0.0.1', port: 0, shutdownGrace: '5s', ...server };
  writeFileSync(file, stringify({ server: listening, log: { level: 'warn' }, ...config }));
  return file;
};

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the real binary to its end. */
export const runTierwise = async (words: readonly string[], folder: string): Promise<CommandResult> => {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: environmentOf(folder, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMs,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
};

/** None of the keys and settings of whoever runs the tests. */
const environmentOf = (folder: string, more: Readonly<Record<string, string>>): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  NO_COLOR: '1',
  ...more,
});
