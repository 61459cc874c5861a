import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { VaultRow } from '../sessions/vault.ts';
import { VaultFile } from './sql/vault-file.ts';

const opened = (): { readonly file: VaultFile; readonly path: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'vault-file-'));
  const path = join(folder, 'vault.db');
  const file = new VaultFile(path);
  onTestFinished(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return { file, path };
};
const rows = (count: number, bytes: number, expiresAt: number): VaultRow[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${expiresAt} ${at}`,
    sealed: Buffer.alloc(bytes, at),
    expiresAt,
  }));

it('forgets what has expired, then the oldest beyond its limit, and gives the room back', () => {
  const { file, path } = opened();
  file.write(rows(3000, 1000, 500), []);
  file.write(rows(3000, 1000, 2000), []);

  file.sweep(1000, 10_000_000);
  expect(file.find('500 0')).toBeUndefined();
  expect(file.find('2000 0')?.sealed).toHaveLength(1000);

  file.sweep(1000, 1_500_000);
  expect(file.find('2000 0')).toBeUndefined();
  expect(file.find('2000 2999')).toBeDefined();
  expect(statSync(path).size).toBeLessThan(2_500_000);
});

it('keeps the newest of an id, and gives the newest first where there is not room for all', () => {
  const { file } = opened();
  const [first, second, third] = rows(3, 100, 2000) as [VaultRow, VaultRow, VaultRow];
  file.write([first, second, third], []);
  file.write([{ ...first, sealed: Buffer.from('new') }], [third.id]);

  expect(Buffer.from(file.find(first.id)?.sealed ?? []).toString()).toBe('new');
  expect(file.newest(50).map(({ id }) => id)).toEqual([first.id]);
  expect(file.newest(1000).map(({ id }) => id)).toEqual([second.id, first.id]);
});
