import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** The gateway under test has a core of its own; upstream and load share the other. */
export const gatewayCore = 1;
export const loadCore = 0;

export interface Started {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What it said on its error stream last, for a report when it fails. */
  lastWords(): string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly core: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Opens a channel for messages, to Node processes. */
  readonly hasChannel?: boolean;
}

/** Starts a process on one core, with an environment that holds nothing but what it is given. */
export const startPinned = ({
  core,
  command,
  args,
  env = {},
  cwd,
  hasChannel = false,
}: StartOptions): Started => {
  // taskset becomes the command: the child's pid is the pid of what is measured
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: hasChannel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  const listen = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-2000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.on('error', (error) => listen(Buffer.from(error.message)));
  return {
    pid: child.pid ?? 0,
    child,
    lastWords: () => words.trim(),
    stop: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const isLate = await Promise.race([gone.then(() => false), pause(5000, true, { ref: false })]);
      if (!isLate) return;
      child.kill('SIGKILL');
      await gone;
    },
  };
};

/** Waits for a Node child of ours to tell the port it listens on. */
export const portOf = async (started: Started): Promise<number> => {
  const told = once(started.child, 'message').then(([message]) => (message as { port: number }).port);
  const gone = once(started.child, 'exit').then(() => {
    throw new Error(`it ended before it listened: ${started.lastWords()}`);
  });
  return Promise.race([told, gone]);
};

export interface Memory {
  readonly rssMb: number;
  readonly peakMb: number;
}

/** User and system time so far, of all threads and children, also of threads that have ended. */
export const readCpuMs = (pid: number): number =>
  family(pid).reduce((sum, member) => {
    const fields = statFields(member);
    return sum + (Number(fields[11]) + Number(fields[12])) * msPerTick;
  }, 0);

/** Processor time so far in microseconds, of the thread that runs the event loop and of all that live. */
export const readThreadsUs = (pid: number): { readonly main: number; readonly all: number } => {
  const of = (thread: string): number =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  const threads = readdirSync(`/proc/${pid}/task`);
  return { main: of(String(pid)), all: threads.reduce((sum, thread) => sum + of(thread), 0) };
};

export const readMemory = (pid: number): Memory =>
  family(pid).reduce(
    (sum, member) => {
      const status = readFileSync(`/proc/${member}/status`, 'utf8');
      const mb = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
      return { rssMb: sum.rssMb + mb('VmRSS'), peakMb: sum.peakMb + mb('VmHWM') };
    },
    { rssMb: 0, peakMb: 0 },
  );

// linux reports process times in ticks of a hundredth of a second on every platform node runs on
const msPerTick = 10;

/** The fields of /proc/PID/stat behind the command's name, which may itself hold spaces and brackets. */
const statFields = (pid: number): readonly string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** A process and its children (nginx works in a child). */
const family = (pid: number): readonly number[] => {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(statFields(candidate)[1]) === pid;
      } catch {
        return false; // ended while we looked
      }
    });
  return [pid, ...children];
};
