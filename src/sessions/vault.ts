import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import type { World } from '../kit/world.ts';

/** One encrypted entry. Neither its id nor what it holds tells anybody without the key anything. */
export interface VaultRow {
  readonly id: string;
  readonly sealed: Uint8Array;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What outlives the process. Written behind: nobody waits for it, and what it loses is only forgotten. */
export interface VaultShelf {
  put(row: VaultRow): void;
  drop(id: string): void;
  find(id: string): Promise<VaultRow | undefined>;
  close(): Promise<void>;
}

export interface VaultParts {
  /** 32 bytes. */
  readonly key: Buffer;
  readonly shelf: VaultShelf;
  readonly world: World;
  /** Of what is kept in memory; older entries are then on the shelf only. */
  readonly maxBytes: number;
  /** How long an entry lives that does not say so itself. */
  readonly keepMs: number;
  /** What an earlier process left, oldest first. */
  readonly rows?: readonly VaultRow[];
}

/** Short texts are decrypted once: a long conversation asks for hundreds of them at every turn. */
type HeldRow = VaultRow & { text?: string };

const shortBytes = 512;

/**
 * What is kept for conversations because their callers cannot carry it: reasoning, stored responses. Every
 * tenant has a key of its own, so that no mistake of ours shows one tenant what another's holds.
 */
export class Vault {
  readonly #parts: VaultParts;
  readonly #idSecret: string;
  readonly #tenantKeys = new Map<string, Buffer>();
  /** Least recently kept first. */
  readonly #rows = new Map<string, HeldRow>();
  #bytes = 0;

  constructor(parts: VaultParts) {
    this.#parts = parts;
    this.#idSecret = derive(parts.key, 'ids').toString('base64');
    for (const row of parts.rows ?? []) this.#remember(row);
  }

  /** Replaces what was kept under the same key. */
  keep(tenant: string, key: string, text: string, keepMs = this.#parts.keepMs): void {
    const id = this.#idOf(tenant, key);
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(tenant), nonce).setAAD(Buffer.from(id));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const row: VaultRow = { id, sealed, expiresAt: this.#parts.world.now() + keepMs };
    this.#remember({ ...row });
    this.#parts.shelf.put(row);
  }

  /** What is in memory: at once, for the path of a request. */
  recall(tenant: string, key: string): string | undefined {
    if (this.isEmpty) return undefined;
    const row = this.#rows.get(this.#idOf(tenant, key));
    return row && this.#open(tenant, row);
  }

  /** The same, and on the shelf. */
  async find(tenant: string, key: string): Promise<string | undefined> {
    const id = this.#idOf(tenant, key);
    const row = this.#rows.get(id) ?? (await this.#parts.shelf.find(id));
    return row && this.#open(tenant, row);
  }

  forget(tenant: string, key: string): void {
    const id = this.#idOf(tenant, key);
    this.#drop(id);
    this.#parts.shelf.drop(id);
  }

  /** Nothing is in memory. */
  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async close(): Promise<void> {
    await this.#parts.shelf.close();
  }

  #open(tenant: string, row: HeldRow): string | undefined {
    const { id, sealed, expiresAt } = row;
    if (expiresAt <= this.#parts.world.now()) {
      this.#drop(id);
      return undefined;
    }
    if (row.text !== undefined) return row.text;
    const text = this.#decrypt(tenant, row);
    if (text !== undefined && sealed.length < shortBytes) row.text = text;
    return text;
  }

  #decrypt(tenant: string, { id, sealed }: VaultRow): string | undefined {
    try {
      const tagStart = sealed.length - tagBytes;
      const decipher = createDecipheriv(
        'aes-256-gcm',
        this.#keyOf(tenant),
        sealed.subarray(0, nonceBytes),
      ).setAAD(Buffer.from(id));
      decipher.setAuthTag(sealed.subarray(tagStart));
      return (
        decipher.update(sealed.subarray(nonceBytes, tagStart), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      // another key, or a changed file: as good as nothing
      return undefined;
    }
  }

  #remember(row: VaultRow): void {
    this.#drop(row.id);
    this.#rows.set(row.id, row);
    this.#bytes += sizeOf(row);
    for (const oldest of this.#rows.keys()) {
      if (this.#bytes <= this.#parts.maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(id: string): void {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#rows.delete(id);
    this.#bytes -= sizeOf(row);
  }

  #idOf(tenant: string, key: string): string {
    return hash('sha256', `${this.#idSecret}${tenant.length}:${tenant}${key}`, 'base64url');
  }

  #keyOf(tenant: string): Buffer {
    let key = this.#tenantKeys.get(tenant);
    if (!key) {
      key = derive(this.#parts.key, `tenant:${tenant}`);
      if (this.#tenantKeys.size >= mostTenantKeys) this.#tenantKeys.clear();
      this.#tenantKeys.set(tenant, key);
    }
    return key;
  }
}

const nonceBytes = 12;
const tagBytes = 16;
const mostTenantKeys = 10_000;
/** Of a row in memory beside what it holds. */
const rowBytes = 200 + shortBytes;

const sizeOf = ({ sealed }: VaultRow): number => sealed.length + rowBytes;

const derive = (key: Buffer, what: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, 'tierwise vault', what, 32));

/** For a gateway that keeps nothing beyond its own life. */
export const noShelf: VaultShelf = {
  put: () => undefined,
  drop: () => undefined,
  find: async () => undefined,
  close: async () => undefined,
};
