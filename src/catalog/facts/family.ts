import { type Capabilities, type DialectName, type Effort, efforts } from '../../core/model.ts';

/**
 * What is known of a family of models beyond the data files: `model` holds wherever the model is
 * served, `home` only at its maker's own endpoint.
 */
export interface Family {
  /** Tried in order on the maker's own name, dots written as dashes; the last one of a maker takes all. */
  readonly name: RegExp;
  readonly model?: Partial<Capabilities>;
  readonly home?: Partial<Capabilities>;
}

/** A maker's families, at home with the maker as a vendor and in the maker's own dialects. */
export interface Maker {
  readonly vendor: string;
  readonly dialects: readonly DialectName[];
  readonly families: readonly Family[];
}

export const effortsBetween = (first: Effort, last: Effort): readonly Effort[] =>
  efforts.slice(efforts.indexOf(first), efforts.indexOf(last) + 1);
