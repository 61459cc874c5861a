import { spawnSync } from 'node:child_process';

const tried = spawnSync('strace', ['-f', '-o', '/dev/null', process.execPath, '--version']);

/** Why system calls cannot be watched here; undefined where they can. */
export const whyNoTrace: string | undefined = tried.error
  ? 'strace is not installed'
  : tried.status !== 0
    ? 'strace may not trace processes here'
    : undefined;

/** A command that runs the one after it and writes its system calls to a file; signals go to the one after it. */
export const tracing = (file: string, calls: readonly string[]): readonly string[] => [
  ...['strace', '-D', '-f', '-y', '-ttt', '-T', '-s', '4096', '-e', `trace=${calls.join(',')}`, '-o', file],
];

/** Seconds since 1970. */
export interface SystemCall {
  readonly name: string;
  /** What its first argument stands for: a path, "socket:[123]". */
  readonly file: string;
  readonly text: string;
  readonly result: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Calls in the order in which they returned. Those that never did are left out. */
export const readTrace = (trace: string): readonly SystemCall[] => {
  const open = new Map<string, { readonly text: string; readonly startedAt: number }>();
  const calls: SystemCall[] = [];
  for (const line of trace.split('\n')) {
    const [, thread, moment, text] = /^(\d+) +(\d+\.\d+) (.*)$/s.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;
    const at = Number(moment);
    if (text.endsWith('<unfinished ...>')) {
      open.set(thread, { text, startedAt: at });
      continue;
    }
    const begun = text.startsWith('<... ') ? open.get(thread) : undefined;
    const [, result, seconds] = / = (-?\d+)(?: [^<]*)? <(\d+\.\d+)>$/.exec(text) ?? [];
    const [, name, file] = /^(\w+)\(\d+<([^>]*)>/.exec(begun?.text ?? text) ?? [];
    if (name === undefined || file === undefined || result === undefined) continue;
    calls.push({
      ...{ name, file, text: begun?.text ?? text, result: Number(result) },
      startedAt: begun?.startedAt ?? at,
      endedAt: begun ? at : at + Number(seconds),
    });
  }
  return calls;
};
