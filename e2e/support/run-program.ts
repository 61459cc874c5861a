import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramRun {
  readonly command: readonly string[];
  /** The whole of it: nothing of whoever runs the tests. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly longestMs?: number;
}

/** What it printed, and how it ended. */
export interface ProgramResult {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or ends it and its children when it takes too long. */
export const runProgram = async (run: ProgramRun): Promise<ProgramResult> => {
  const [program = '', ...words] = run.command;
  const child = spawn(program, words, {
    cwd: run.folder,
    // a group of its own: the children it started end with it
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...run.environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // nobody is left in it
    }
  };
  const timer = setTimeout(endGroup, run.longestMs ?? 60_000);
  child.once('exit', endGroup);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { exitCode, stdout, stderr };
};
