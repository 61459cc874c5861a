import type { LedgerRow } from './ledger-rows.ts';

export interface MostRows {
  readonly rows: number;
  /** Of all asks together: they are the most of what rows take. */
  readonly askChars: number;
}

/** The first of rows that come newest first. Signs that nobody spoke are many: they never push out what was said. */
export const newestRows = (rows: Iterable<LedgerRow>, most: MostRows): readonly LedgerRow[] => {
  const taken: LedgerRow[] = [];
  let implicitLeft = most.rows / 2;
  let charsLeft = most.askChars;
  for (const ledgerRow of rows) {
    if (ledgerRow.from !== 'label' && --implicitLeft < 0) continue;
    charsLeft -= ledgerRow.row.subject.ask.length;
    if (charsLeft < 0) break;
    taken.push(ledgerRow);
    if (taken.length === most.rows) break;
  }
  return taken;
};
