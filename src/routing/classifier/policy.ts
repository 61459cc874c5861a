/** What a policy file says of itself. Its heads are known to their own module only. */
export interface PolicyFile {
  readonly format: 'tierwise-policy/1';
  readonly name: string;
  /** SHA-256 of everything else in the file; its first 8 hex digits are the version. */
  readonly hash: string;
  /** The features it was trained on: a gateway with others refuses it. */
  readonly featureSet: string;
  readonly trainer: string;
  readonly seed: number;
  readonly sources: readonly { readonly name: string; readonly rows: number; readonly licence?: string }[];
  /** By name as recorded; `rows` outcomes each. */
  readonly models: readonly {
    readonly name: string;
    readonly tier: 'light' | 'mid' | 'frontier';
    readonly rows: number;
  }[];
  /** Measured on rows held out while training: "ece.mid": 0.021 … */
  readonly metrics: Readonly<Record<string, number>>;
  /** Weights, by head; typed arrays as base64. */
  readonly heads: Readonly<Record<string, unknown>>;
}

/** Larger ones are refused. */
export const largestPolicyBytes = 5_000_000;
