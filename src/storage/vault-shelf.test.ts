import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realWorld } from '../kit/world.ts';
import { Vault } from '../sessions/vault.ts';
import { vaultKey, vaultKeyFile } from './vault-key.ts';
import { openVaultShelf, type VaultShelfOptions } from './vault-shelf.ts';

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'vault-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

const opened = async (
  directory: string,
  options: Partial<VaultShelfOptions> = {},
  maxBytes = 1e6,
): Promise<{ readonly vault: Vault; readonly warnings: readonly string[] }> => {
  const warnings: string[] = [];
  const parts = {
    directory,
    maxBytes: 1e7,
    loadBytes: 1e6,
    world: realWorld,
    warn: (message: string) => warnings.push(message),
    ...options,
  };
  const { shelf, rows } = await openVaultShelf(parts);
  const vault = new Vault({
    key: vaultKey(directory, undefined),
    shelf,
    rows,
    world: realWorld,
    maxBytes,
    keepMs: 3_600_000,
  });
  return { vault, warnings };
};

describe('what the vault keeps on disk', () => {
  it('outlives the process', async () => {
    const directory = folder();
    const first = await opened(directory);
    first.vault.keep('acme', 'kept', 'text');
    first.vault.keep('acme', 'dropped', 'text');
    first.vault.forget('acme', 'dropped');
    await first.vault.close();

    const { vault } = await opened(directory);
    expect(vault.recall('acme', 'kept')).toBe('text');
    expect(vault.recall('acme', 'dropped')).toBeUndefined();
    await vault.close();
  });

  it('has neither a file nor a thread before there is something to keep', async () => {
    const directory = folder();
    const { vault } = await opened(directory);
    const before = readdirSync(directory);

    vault.keep('acme', 'kept', 'text');
    await vault.close();

    expect(before).toEqual([vaultKeyFile]);
    expect(readdirSync(directory)).toContain('vault.db');
  });

  it('is found there, too, where memory has no room for it', async () => {
    const { vault } = await opened(folder(), {}, 2000);
    for (let number = 0; number < 20; number++) vault.keep('acme', `${number}`, 'x'.repeat(500));

    expect(vault.recall('acme', '0')).toBeUndefined();
    expect(await vault.find('acme', '0')).toBe('x'.repeat(500));
    expect(await vault.find('acme', 'never kept')).toBeUndefined();
    await vault.close();
  });

  it('is read back newest first, as much as there is room for', async () => {
    const directory = folder();
    const first = await opened(directory);
    for (let number = 0; number < 20; number++) first.vault.keep('acme', `${number}`, 'x'.repeat(500));
    await first.vault.close();

    const { vault } = await opened(directory, { loadBytes: 3000 });
    expect(vault.recall('acme', '19')).toBeDefined();
    expect(vault.recall('acme', '0')).toBeUndefined();
    expect(await vault.find('acme', '0')).toBeDefined();
    await vault.close();
  });

  it('is nobody else’s to read, and says nothing in the clear', async () => {
    const directory = folder();
    const { vault } = await opened(directory);
    vault.keep('acme', 'kept', 'the secret thought');
    await vault.find('acme', 'something that is not in memory');
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o077, name).toBe(0);
    await vault.close();

    const path = join(directory, 'vault.db');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'latin1')).not.toContain('secret');
  });

  it('is done without where the file is none: the owner is told, and memory serves', async () => {
    const directory = folder();
    writeFileSync(join(directory, 'vault.db'), 'x'.repeat(10_000));
    const { vault, warnings } = await opened(directory);
    vault.keep('acme', 'kept', 'text');

    expect(vault.recall('acme', 'kept')).toBe('text');
    expect(await vault.find('acme', 'other')).toBeUndefined();
    await vault.close();
    expect(warnings.join()).toContain('ends with this process');
  });
});

describe('the key of the vault', () => {
  it('is made once, and for its owner only', () => {
    const directory = folder();
    const key = vaultKey(directory, undefined);

    expect(key).toHaveLength(32);
    expect(vaultKey(directory, undefined)).toEqual(key);
    expect(statSync(join(directory, vaultKeyFile)).mode & 0o777).toBe(0o600);
  });

  it('is the configured one where there is one, and then no file is made', () => {
    const directory = folder();

    expect(vaultKey(directory, 'a long secret of the owner’s')).toEqual(
      vaultKey(directory, 'a long secret of the owner’s'),
    );
    expect(vaultKey(directory, 'a long secret')).not.toEqual(vaultKey(directory, 'another secret'));
    expect(() => statSync(join(directory, vaultKeyFile))).toThrow('ENOENT');
  });

  it('is not made up where the file holds something else', () => {
    const directory = folder();
    writeFileSync(join(directory, vaultKeyFile), 'short');

    expect(() => vaultKey(directory, undefined)).toThrow('no key of the vault');
  });
});
