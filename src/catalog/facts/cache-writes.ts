/**
 * What keeping a prompt in a vendor's cache costs, in hundredths of the plain input price, by how long
 * it is kept. A lifetime a vendor does not sell never stands on its bills; it is asked for only when
 * tokens of another vendor are priced here (what would they have cost?), and then the next shorter one
 * it does sell is taken, so that no saving is claimed that the shorter one would not have given.
 */
export interface WriteMultiples {
  readonly shortest: number;
  readonly hour?: number;
  readonly halfDay?: number;
}

const families: readonly (readonly [name: RegExp, multiples: WriteMultiples])[] = [
  // 5 minutes, 1 hour
  [/^claude-/, { shortest: 125, hour: 200 }],
  // 30 minutes, 12 hours; up to GPT-5.5 writes are free: what is written is billed as plain input
  [/^gpt-(?:5\.[6-9]|[6-9])|^gpt-daybreak/, { shortest: 125, halfDay: 250 }],
];

/** By the maker's own name for the model, without a host's prefix; undefined where writes are billed as plain input. */
export const writeMultiplesOf = (bare: string): WriteMultiples | undefined =>
  families.find(([name]) => name.test(bare))?.[1];
