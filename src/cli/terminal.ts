import { text as readAll } from 'node:stream/consumers';
import { realWorld, type World } from '../kit/world.ts';
import { createPaint, type Paint } from './paint.ts';

/** Where a command is run from: handed in, so that a test can read what it said. */
export interface Terminal {
  /** A line of what was asked for, on standard output. */
  print(line?: string): void;
  /** A line about it (progress, warnings, errors), on standard error. */
  tell(line?: string): void;
  /** Overwrites the last line on standard error; "" clears it. Says nothing where there is no terminal. */
  progress(line: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  readonly paint: Paint;
  /** For standard error. */
  readonly paintTold: Paint;
  readonly columns: number;
  /** Standard output is looked at, not read by another program: lines are cut to `columns`. */
  readonly isOutputShown: boolean;
  /** Somebody is there to answer questions. */
  readonly isInteractive: boolean;
  /** Standard error shows progress. */
  readonly showsProgress: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder the command was started in. */
  readonly folder: string;
  readonly world: World;
  /** Of this Tierwise. */
  readonly version: string;
  /** Aborted at Ctrl-C or a request to terminate. */
  readonly interrupted: AbortSignal;
}

/** The terminal of this process. The first Ctrl-C asks the command to end, the second ends it. */
export const processTerminal = (version: string): Terminal => {
  const { stdin, stdout, stderr, env } = process;
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let hasProgress = false;
  const clear = () => {
    if (hasProgress) stderr.write('\r\u001b[2K');
    hasProgress = false;
  };
  return {
    print: (line = '') => {
      clear();
      stdout.write(`${line}\n`);
    },
    tell: (line = '') => {
      clear();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(line);
      hasProgress = line !== '';
    },
    readInput: () => readAll(stdin),
    paint: createPaint(hasColours(stdout.isTTY, env)),
    paintTold: createPaint(hasColours(stderr.isTTY, env)),
    columns: stdout.columns ?? 100,
    isOutputShown: Boolean(stdout.isTTY),
    isInteractive: Boolean(stdin.isTTY && stdout.isTTY),
    showsProgress: Boolean(stderr.isTTY),
    environment: env,
    folder: process.cwd(),
    world: realWorld,
    version,
    interrupted: interruption.signal,
  };
};

const hasColours = (isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean => {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return isTerminal && TERM !== 'dumb';
};
