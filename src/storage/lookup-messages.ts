import type { LabelledExchange } from '../ledger/signals.ts';

/** What the ledger and the thread that looks things up in it say to each other. */
export interface LookUp {
  readonly number: number;
  readonly id: string;
  readonly caller: string;
}

export type Found =
  | { readonly number: number; readonly found: LabelledExchange | undefined }
  | { readonly number: number; readonly reason: string };
