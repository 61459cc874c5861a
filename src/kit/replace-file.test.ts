import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replaceFile } from './replace-file.ts';

const folderOfTest = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'replace-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('replacing a file', () => {
  it('writes text or bytes, and leaves nothing beside it', () => {
    const folder = folderOfTest();

    replaceFile(join(folder, 'a'), 'old');
    replaceFile(join(folder, 'a'), Buffer.from('new'));

    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('keeps who may read it, unless it is told', () => {
    const path = join(folderOfTest(), 'a');
    replaceFile(path, 'old');
    chmodSync(path, 0o640);

    replaceFile(path, 'new');
    const kept = modeOf(path);
    replaceFile(path, 'secret', 0o600);

    expect([kept, modeOf(path)]).toEqual([0o640, 0o600]);
  });

  it('leaves what was there where it cannot, and says why', () => {
    const folder = folderOfTest();
    mkdirSync(join(folder, 'a'));

    expect(() => replaceFile(join(folder, 'a'), 'new')).toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
    expect(readdirSync(folder)).toEqual(['a']);
  });
});
