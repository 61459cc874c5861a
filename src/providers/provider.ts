import type { DialectName } from '../core/model.ts';
import type { Headers, Quirks } from '../dialects/dialect.ts';

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
  /** A model's name is one part of the path, slashes in it escaped. */
  readonly hasUndividedNames?: boolean;
  /** What the server wants around the dialect's requests and answers. */
  readonly envelope?: Envelope;
}

/** A cloud's own wrapping of another vendor's wire. What it changes no dialect knows of. */
export interface Envelope {
  /** Pure; called once a call, before it is signed. Throws nothing for JSON that has been scanned. */
  wrap(letter: Letter): Letter;
  /** Undefined where the answer is as the dialect knows it already. */
  unwrap?(status: number, headers: Headers): Unwrapping | undefined;
}

export interface Letter {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Turns an answer into what the dialect reads, piece by piece. */
export interface Unwrapping {
  readonly contentType: string;
  /** Instead of the server's, where that would be misunderstood. */
  readonly status?: number;
  /** Throws where the answer is broken. */
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

/** Signs each call by what it says, or with a key that has to be fetched first. One a credential. */
export interface Signer {
  /** What of the key must never be told on, where the rest of it is no secret. */
  readonly secret?: string;
  /** Throws or rejects with a message that may be told. */
  sign(call: UnsignedCall): Signed | Promise<Signed>;
  /** The upstream does not take, or no longer, what a call was signed with. */
  refused?(signed: Signed): void;
}

export interface UnsignedCall extends Letter {
  readonly method: string;
  /** From the host on, as it is sent. */
  readonly path: string;
  readonly query: string;
}

export interface Signed {
  /** Those to add. */
  readonly headers: Readonly<Record<string, string>>;
  /** What of them must never be told on, in place of the key's own secret. */
  readonly secret?: string;
}

export interface SignerParts {
  readonly now: () => number;
  /** Asks an address that the key itself names for a token, through the same door. */
  readonly postForm: (
    address: URL,
    form: string,
  ) => Promise<{ readonly status: number; readonly body: string }>;
}

/** An address that is made of where the account is. */
export interface Place {
  /** Variables in which the vendor's own tools look for them, first set wins. */
  readonly regionVariables: readonly string[];
  readonly projectVariables?: readonly string[];
  /** Where none is said. */
  readonly region?: string;
  /** The project that a key tells. */
  projectOf?(key: string): string | undefined;
  baseUrl(region: string, project: string): string;
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
  /** Its names for its vendor's models are its own, and the configuration lists them: one of them, as an example. */
  readonly nameExample?: string;
  /** Where the address is made of a region, and of a project. */
  readonly place?: Place;
  /** Date that paths with "{apiVersion}" carry unless the configuration names another. */
  readonly apiVersion?: string;
  /** Its paths beside chat. */
  readonly surfaces: readonly SurfaceName[];
  /** Environment variables in which the vendor's own tools look for a key, first set wins. */
  readonly keyVariables: readonly string[];
  readonly needsKey: boolean;
  /** Variables that hold a key in parts, which ":" joins; the last one may be unset. Looked at after the others. */
  readonly keyParts?: readonly string[];
  /** What is wrong with a key's form, without a word of it. */
  keyProblem?(key: string): string | undefined;
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
  /** In place of `authorize` for the configured keys; undefined for a key that is sent as it is. */
  createSigner?(credential: Credential, parts: SignerParts): Signer | undefined;
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
  /** Where the account is, for signatures that name it. */
  readonly region?: string;
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
