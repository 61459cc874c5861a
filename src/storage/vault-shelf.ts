import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { World } from '../kit/world.ts';
import type { VaultRow, VaultShelf } from '../sessions/vault.ts';
import type { FromVaultWorker, ToVaultWorker, VaultWorkerStart } from './vault-messages.ts';

export interface VaultShelfOptions {
  /** The ledger's folder, which one process at a time has open. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly loadBytes: number;
  readonly world: World;
  readonly warn: (message: string) => void;
}

/** The vault's file, and what an earlier process left in it. Where it cannot be used the vault lives in memory alone. */
export const openVaultShelf = async (
  options: VaultShelfOptions,
): Promise<{ readonly shelf: VaultShelf; readonly rows: readonly VaultRow[] }> => {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const shelf = new FileShelf(options);
  return { shelf, rows: await shelf.load() };
};

const writeEveryMs = 50;
const sweepEveryMs = 60_000;

class FileShelf implements VaultShelf {
  readonly #options: VaultShelfOptions;
  readonly #path: string;
  /** Undefined while there is nothing to keep: a thread takes some 8 MB. */
  #worker: Worker | undefined;
  readonly #sweeping: NodeJS.Timeout;
  /** Undefined: dropped. */
  #pending = new Map<string, VaultRow | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #finds = 0;
  readonly #finding = new Map<number, (row: VaultRow | undefined) => void>();
  #reason: string | undefined;
  #isGone = false;
  #isClosing = false;
  #exited: Promise<void> = Promise.resolve();

  constructor(options: VaultShelfOptions) {
    this.#options = options;
    this.#path = join(options.directory, 'vault.db');
    this.#sweeping = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#sweeping.unref();
  }

  /** What an earlier process left. */
  load(): Promise<readonly VaultRow[]> {
    return new Promise((resolve) => {
      if (existsSync(this.#path)) this.#worker = this.#start(resolve);
      else resolve([]);
    });
  }

  put(row: VaultRow): void {
    this.#write(row.id, row);
  }

  drop(id: string): void {
    this.#write(id, undefined);
  }

  find(id: string): Promise<VaultRow | undefined> {
    if (this.#pending.has(id) || this.#isGone || !this.#worker) return Promise.resolve(this.#pending.get(id));
    const number = ++this.#finds;
    this.#say({ type: 'find', number, id });
    return new Promise((resolve) => this.#finding.set(number, resolve));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#sweeping);
    this.#flush();
    if (this.#worker) this.#say({ type: 'close' });
    await this.#exited;
  }

  #write(id: string, row: VaultRow | undefined): void {
    if (this.#isGone) return;
    this.#pending.set(id, row);
    this.#timer ??= setTimeout(() => this.#flush(), writeEveryMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    const puts: VaultRow[] = [];
    const drops: string[] = [];
    for (const [id, row] of this.#pending) {
      if (row) puts.push(row);
      else drops.push(id);
    }
    this.#pending = new Map();
    this.#say({ type: 'write', puts, drops });
  }

  #say(message: ToVaultWorker): void {
    if (this.#isGone) return;
    this.#worker ??= this.#start(() => undefined);
    this.#worker.postMessage(message);
  }

  #start(tell: (rows: readonly VaultRow[]) => void): Worker {
    const { maxBytes, loadBytes } = this.#options;
    const workerData: VaultWorkerStart = { path: this.#path, maxBytes, loadBytes };
    const worker = new Worker(new URL(`./vault-worker.${extension}`, import.meta.url), {
      workerData,
      name: 'vault',
      execArgv: [],
    });
    worker.on('message', (message: FromVaultWorker) => {
      if (message.type === 'ready') tell(message.rows);
      else this.#hear(message);
    });
    worker.on('error', (error) => this.#complain(error.message));
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#gone();
        tell([]);
        resolve();
      });
    });
    return worker;
  }

  #sweep(): void {
    if (this.#worker) this.#say({ type: 'sweep', now: this.#options.world.now() });
  }

  #hear(message: Exclude<FromVaultWorker, { type: 'ready' }>): void {
    if (message.type === 'failed') this.#complain(message.reason);
    if (message.type !== 'found') return;
    this.#finding.get(message.number)?.(message.row);
    this.#finding.delete(message.number);
  }

  #gone(): void {
    this.#isGone = true;
    clearInterval(this.#sweeping);
    for (const resolve of this.#finding.values()) resolve(undefined);
    this.#finding.clear();
    if (!this.#isClosing) this.#complain('its thread ended');
  }

  /** Once for each reason: a full disk would tell of itself many times a second. */
  #complain(reason: string): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#options.warn(
      `What conversations keep is not written to "${this.#options.directory}" and ends with this process: ${reason}.`,
    );
  }
}

// the compiler rewrites imports, not URLs
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
