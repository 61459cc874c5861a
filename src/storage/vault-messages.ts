import type { VaultRow } from '../sessions/vault.ts';

/** What the vault and the thread that keeps its file say to each other. */
export interface VaultWorkerStart {
  readonly path: string;
  /** Of what is kept on disk: the oldest go first. */
  readonly maxBytes: number;
  /** Of what is handed back at the start: the newest. */
  readonly loadBytes: number;
}

export type ToVaultWorker =
  | {
      readonly type: 'write';
      readonly puts: readonly VaultRow[];
      readonly drops: readonly string[];
    }
  | { readonly type: 'find'; readonly number: number; readonly id: string }
  | { readonly type: 'sweep'; readonly now: number }
  | { readonly type: 'close' };

export type FromVaultWorker =
  /** Oldest first. */
  | { readonly type: 'ready'; readonly rows: readonly VaultRow[] }
  | { readonly type: 'found'; readonly number: number; readonly row: VaultRow | undefined }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'closed' };
