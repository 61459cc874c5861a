import { hash, randomBytes } from 'node:crypto';
import { type Caller, localCaller } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import type { Headers } from '../dialects/dialect.ts';

/** A key of the configuration. Only its hash is kept: "sha256:" and 64 hex digits. */
export interface AccessKey {
  readonly name: string;
  readonly hash: string;
  readonly routes?: readonly string[] | undefined;
  readonly models?: readonly string[] | undefined;
}

/** What a request came with: the gateway's own key, and what may be the caller's key for a provider. */
export interface Credentials {
  readonly gatewayKey: string | undefined;
  readonly vendorKey: string | undefined;
  /** Whose they are, once a ring has looked them up: it need not do so again. */
  readonly known?: { readonly by: KeyRing; readonly caller: Caller };
}

export const hashKey = (secret: string): string => `sha256:${hash('sha256', secret, 'hex')}`;

/** 256 random bits; the prefix tells people and secret scanners what it is. */
export const createKey = (): string => `${prefix}${randomBytes(32).toString('base64url')}`;

const prefix = 'tw_';

/**
 * Reads credentials in every form clients send (WIRE 1.2), Gemini's `?key=` among them. With
 * `x-tierwise-key` the vendor's usual header is free for a key of the caller's own. Throws `invalid-key` where two forms disagree.
 */
export const readCredentials = (headers: Headers, query = ''): Credentials => {
  const bearer = /^Bearer\s+(\S.*)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
  let usual = agreed(bearer, headers['x-api-key']);
  usual = agreed(usual, headers['x-goog-api-key']);
  usual = agreed(usual, headers['api-key']);
  if (query.includes('key='))
    for (const key of new URLSearchParams(query).getAll('key')) usual = agreed(usual, key);
  const own = headers['x-tierwise-key'];
  return own ? { gatewayKey: own, vendorKey: usual } : { gatewayKey: usual, vendorKey: usual };
};

const agreed = (one: string | undefined, other: string | undefined): string | undefined => {
  if (one && other && one !== other)
    throw new GatewayError(
      'invalid-key',
      'Two different keys were sent; send one, in one header (or twice the same).',
    );
  return one || other || undefined;
};

/** Who holds which key. Looked up by hash, never compared as text. */
export class KeyRing {
  readonly #callers: ReadonlyMap<string, Caller>;

  constructor(keys: readonly AccessKey[]) {
    this.#callers = new Map(
      keys.map(({ name, hash: stored, routes, models }) => [
        stored.toLowerCase(),
        { name, ...(routes && { routes }), ...(models && { models }) },
      ]),
    );
  }

  get isEmpty(): boolean {
    return this.#callers.size === 0;
  }

  /** How many callers there are; 0 where everybody is the local one. */
  get size(): number {
    return this.#callers.size;
  }

  /** Whether a secret is ours: one of the ring, or an old one of the same make. It must not be sent to anybody. */
  holds(secret: string): boolean {
    return secret.startsWith(prefix) || this.#callers.has(hashKey(secret));
  }

  /** The credentials with whose they are. Throws as `callerOf` does. */
  identified(credentials: Credentials): Credentials {
    const { gatewayKey, vendorKey } = credentials;
    return { gatewayKey, vendorKey, known: { by: this, caller: this.callerOf(credentials) } };
  }

  /** Throws `missing-key` or `invalid-key`. Without any configured key everybody is the local caller. */
  callerOf({ gatewayKey, known }: Credentials): Caller {
    if (known?.by === this) return known.caller;
    if (this.isEmpty) return localCaller;
    if (!gatewayKey)
      throw new GatewayError(
        'missing-key',
        'This gateway wants a key: send it as "Authorization: Bearer …", "x-api-key" or "x-tierwise-key".',
      );
    const caller = this.#callers.get(hashKey(gatewayKey));
    if (!caller)
      throw new GatewayError(
        'invalid-key',
        'This key is not known here; its owner can make a new one with "tierwise keys create".',
      );
    return caller;
  }
}
