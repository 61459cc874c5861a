import { spawnSync } from 'node:child_process';

const tried = spawnSync('strace', ['-f', '-o', '/dev/null', process.execPath, '--version']);

/** Why system calls cannot be watched here; undefined where they can. */
export const whyNoTrace: string | undefined = tried.error
  ? 'strace is not installed'
  : tried.status !== 0
    ? 'strace may not trace processes here'
    : undefined;
