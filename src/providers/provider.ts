import type { DialectName } from '../core/model.ts';
import type { Quirks } from '../dialects/dialect.ts';

/** Where models answer: an address, a dialect and a way to sign. One file each. */
export interface ProviderKind {
  readonly type: string;
  readonly dialect: DialectName;
  /** With the version path where the vendor's SDK has it there: "https://api.openai.com/v1". */
  readonly baseUrl?: string;
  /** Path of the chat call below the base URL. */
  readonly chatPath: string;
  /** Path that counts a prompt's tokens in this dialect, where the vendor has one. */
  readonly countPath?: string;
  /** Environment variables in which the vendor's own tools look for a key, first set wins. */
  readonly keyVariables: readonly string[];
  readonly needsKey: boolean;
  /** The provider id in the catalogue whose models these are; undefined where the configuration lists them. */
  readonly catalogue?: string;
  readonly quirks: Quirks;
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

/** A configured provider. */
export interface Provider {
  /** The name in the configuration, first half of its models' ids. */
  readonly name: string;
  readonly kind: ProviderKind;
  readonly baseUrl: URL;
  readonly key: string | undefined;
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
