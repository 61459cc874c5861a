import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedWorld } from './fixed-world.cases.ts';
import { noShelf, Vault, type VaultParts, type VaultRow, type VaultShelf } from './vault.ts';

const hour = 3_600_000;

const shelfOf = (rows = new Map<string, VaultRow>()): VaultShelf & { readonly rows: typeof rows } => ({
  ...noShelf,
  rows,
  put: (row) => rows.set(row.id, row),
  drop: (id) => rows.delete(id),
  find: async (id) => rows.get(id),
});

const vaultOf = (parts: Partial<VaultParts> = {}): Vault =>
  new Vault({
    key: Buffer.alloc(32, 7),
    shelf: noShelf,
    world: fixedWorld(),
    maxBytes: 1_000_000,
    keepMs: hour,
    ...parts,
  });

describe('the vault', () => {
  it('gives back what was kept, to the same tenant only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (one, other, key, text) => {
        const vault = vaultOf();
        vault.keep(one, key, text.toWellFormed());

        expect(vault.recall(one, key)).toBe(text.toWellFormed());
        if (other !== one) expect(vault.recall(other, key)).toBeUndefined();
        expect(vault.recall(one, `${key}!`)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('shows nothing of it to who reads the shelf', () => {
    const shelf = shelfOf();
    vaultOf({ shelf }).keep('acme', 'call:secret-id', 'the secret thought');

    const [row] = shelf.rows.values();
    expect(row?.id).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(row?.sealed ?? []).toString('latin1')).not.toContain('secret');
  });

  it('forgets after a while, and at once where it is told to', () => {
    const world = fixedWorld();
    const vault = vaultOf({ world });
    vault.keep('acme', 'short', 'a');
    vault.keep('acme', 'long', 'b', 3 * hour);
    vault.keep('acme', 'gone', 'c');

    vault.forget('acme', 'gone');
    expect(vault.recall('acme', 'gone')).toBeUndefined();
    world.pass(2 * hour);
    expect(vault.recall('acme', 'short')).toBeUndefined();
    expect(vault.recall('acme', 'long')).toBe('b');
    expect(vault.bytes).toBeLessThan(1000);
  });

  it('holds no more in memory than it may, and finds the rest on the shelf', async () => {
    const shelf = shelfOf();
    const vault = vaultOf({ shelf, maxBytes: 10_000 });
    for (let number = 0; number < 100; number++) vault.keep('acme', `key ${number}`, 'x'.repeat(500));

    expect(vault.bytes).toBeLessThanOrEqual(10_000);
    expect(vault.recall('acme', 'key 0')).toBeUndefined();
    expect(await vault.find('acme', 'key 0')).toBe('x'.repeat(500));
    expect(vault.recall('acme', 'key 99')).toBe('x'.repeat(500));
  });

  it('goes on from what an earlier process left, under the same key only', () => {
    const shelf = shelfOf();
    vaultOf({ shelf }).keep('acme', 'key', 'text');
    const rows = [...shelf.rows.values()];

    expect(vaultOf({ rows }).recall('acme', 'key')).toBe('text');
    expect(vaultOf({ rows, key: randomBytes(32) }).recall('acme', 'key')).toBeUndefined();
  });

  it('takes a changed row for none', () => {
    const shelf = shelfOf();
    vaultOf({ shelf }).keep('acme', 'key', 'text');
    const rows = [...shelf.rows.values()].map((row) => {
      const sealed = Buffer.from(row.sealed);
      sealed[20] = (sealed[20] ?? 0) ^ 1;
      return { ...row, sealed };
    });

    expect(vaultOf({ rows }).recall('acme', 'key')).toBeUndefined();
  });
});
