/**
 * One pass over the bytes of a JSON object, before anybody parses it: where its top-level keys stand
 * (so that values can be replaced in the original bytes), and whether it is safe to parse at all.
 */
export interface JsonScan {
  /** Top-level keys, the last of each name (as JSON.parse has it), in the order of the body. */
  readonly keys: ReadonlyMap<string, JsonSpan>;
  /** Names that stand more than once at the top. */
  readonly duplicates: readonly string[];
  /** Offset just behind the opening brace: where a new member can be put in. */
  readonly inside: number;
  readonly isEmpty: boolean;
}

/** Byte offsets: [start, end) of the value, and of the whole member from its key's quote on. */
export interface JsonSpan {
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}
