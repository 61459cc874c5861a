import type { DialectName } from '../core/model.ts';
import type { Quirks } from '../dialects/dialect.ts';

/**
 * One wire protocol a provider serves, and where. Paths stand below the base URL and may end in a
 * query; "{model}" is the model's name, escaped.
 */
export interface Endpoint {
  readonly dialect: DialectName;
  readonly chatPath: string;
  /** Where a stream has a path of its own. */
  readonly streamPath?: string;
  /** What a reasoning model thought can be given back to it here, as it cannot on the provider's other protocols. */
  readonly keepsReasoning?: boolean;
  /** Counts a prompt's tokens, where the vendor has such a path. */
  readonly countPath?: string;
}

/** What is passed through to the provider that owns the model, never translated. */
export const surfaceNames = [
  'embeddings',
  'completions',
  'moderations',
  'images',
  'audio',
  'files',
  'gemini-embeddings',
] as const;
export type SurfaceName = (typeof surfaceNames)[number];

/** Where models answer: an address, the dialects spoken there and a way to sign. One file each. */
export interface ProviderKind {
  readonly type: string;
  /** The preferred one first; a caller's own dialect goes before it. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** With the version path where the vendor's SDK has it there: "https://api.openai.com/v1". */
  readonly baseUrl?: string | undefined;
  /** What the path of an address ends in, where people are apt to leave it out: "/openai/v1". */
  readonly basePath?: string;
  /** Of its vendor's models only those are served that the account's owner has set up. */
  readonly hasDeployments?: boolean;
  /** Date that paths with "{apiVersion}" carry unless the configuration names another. */
  readonly apiVersion?: string;
  /** Its paths beside chat. */
  readonly surfaces: readonly SurfaceName[];
  /** Environment variables in which the vendor's own tools look for a key, first set wins. */
  readonly keyVariables: readonly string[];
  readonly needsKey: boolean;
  /** False where a key in the environment is not enough to use it: its address has to be told, too. */
  readonly isFoundByKey?: boolean;
  /** The provider id in the catalogue whose models these are; undefined where the configuration lists them. */
  readonly catalogue?: string;
  readonly quirks: Quirks;
  /** It generates, and charges, to the end, though the caller has hung up. */
  readonly goesOnUnheard?: boolean;
  /** Header in which our exchange id is sent along, where the upstream is our own. */
  readonly exchangeHeader?: string;
  /** Headers that carry the credential. */
  authorize(key: string): Readonly<Record<string, string>>;
  /** Beginnings of caller headers that a same-dialect call carries on. */
  readonly passHeaders: readonly string[];
  /** Beginnings of those that name somebody's account: carried on only with the caller's own key. */
  readonly accountHeaders: readonly string[];
}

export const defineProvider = <const Kind extends ProviderKind>(kind: Kind): Kind => kind;

/** An account at an address. What one is told to wait for does not hold the others up. */
export interface Credential {
  /** For logs and health, never the key: "anthropic", "anthropic#2". */
  readonly name: string;
  /** The one host its key is sent to. */
  readonly baseUrl: URL;
  readonly key: string | undefined;
  /** Its share of the provider's conversations, beside the weights of the others. */
  readonly weight: number;
}

/** A configured provider. */
export interface Provider {
  /** The name in the configuration, first half of its models' ids. */
  readonly name: string;
  readonly kind: ProviderKind;
  readonly credentials: readonly [Credential, ...Credential[]];
  readonly quirks: Quirks;
  readonly timeouts: Timeouts;
}

/** Milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** From the request's last byte to the answer's first event. */
  readonly firstByteMs: number;
  /** Between two chunks of an answer. */
  readonly idleMs: number;
  readonly totalMs: number;
}
