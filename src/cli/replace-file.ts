import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Writes a file so that a reader sees the old text or the new one, never half of it. */
export const replaceFile = (path: string, text: string): void => {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text, existsSync(path) ? { mode: statSync(path).mode } : {});
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cause;
  }
};
