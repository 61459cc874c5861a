import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file so that a reader sees the old content or the new one, never half of it. Without a `mode`, a file
 * that was there keeps its own.
 */
export const replaceFile = (path: string, content: string | Uint8Array, mode = modeOf(path)): void => {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, content, mode === undefined ? {} : { mode });
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  }
};

const modeOf = (path: string): number | undefined => (existsSync(path) ? statSync(path).mode : undefined);
