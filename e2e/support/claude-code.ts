import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const client = join(
  import.meta.dirname,
  '../clients/claude-code/node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs',
);

/** `npm run e2e:clients` installs it. */
export const hasClaudeCode = existsSync(client);

export interface ClaudeCodeRun {
  readonly baseUrl: string;
  readonly prompt: string;
  /** Its home and its working folder: it sees nothing of the real ones. */
  readonly home: string;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where to write which addresses it connects to (needs strace). */
  readonly connectionsFile?: string;
}

/** What it printed with `--output-format json`, and how it ended. */
export interface ClaudeCodeResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const longestMs = 60_000;

/** One turn without a terminal. Of its settings only the base URL is about the gateway; the token is any word. */
export const runClaudeCode = async (run: ClaudeCodeRun): Promise<ClaudeCodeResult> => {
  const command = [process.execPath, client, '--print', run.prompt, '--output-format', 'json'];
  const traced =
    run.connectionsFile === undefined
      ? command
      : ['strace', '--follow-forks', '--trace=connect,sendto', `--output=${run.connectionsFile}`, ...command];
  const child = spawn(traced[0] ?? '', traced.slice(1), {
    cwd: run.folder,
    // a group of its own: the wrapper's child can be ended with it
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: run.home,
      ANTHROPIC_BASE_URL: run.baseUrl,
      ANTHROPIC_AUTH_TOKEN: 'any-word',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...run.env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, longestMs);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { exitCode, stdout, stderr };
};

/** Addresses beyond this machine that a traced run connected or sent to. */
export const foreignAddresses = (connectionsFile: string): readonly string[] =>
  [
    ...readFileSync(connectionsFile, 'utf8').matchAll(
      /inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g,
    ),
  ]
    .map(([, v4, v6]) => v4 ?? v6 ?? '')
    .filter((address) => !/^127\.|^::1$|^::ffff:127\./.test(address));
