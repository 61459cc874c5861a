import { createPrivateKey, sign } from 'node:crypto';
import { isObject, type JsonObject } from '../core/json.ts';
import type { Signed, Signer, SignerParts } from './provider.ts';

/** What of a service account's key file is needed. */
export interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
  readonly private_key_id?: string;
  readonly project_id?: string;
  readonly token_uri: URL;
}

const usualTokenUri = 'https://oauth2.googleapis.com/token';
const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** An assertion lives no longer, per docs; nor, mostly, does the token that is had for it. */
const assertionSec = 3600;
/** From so long before its end on, a token is replaced; while the next one is fetched, it still serves. */
const refreshBeforeMs = 5 * 60_000;
/** A token that ends sooner might end on its way. */
const leastLeftMs = 10_000;
/** After a refresh that failed, the token that still serves is left alone for so long. */
const pauseMs = 15_000;

/** The account a key file tells of; a text where it tells of none. */
export const readServiceAccount = (key: string): ServiceAccount | string => {
  const file = parsed(key);
  if (!file) return 'is not JSON that can be read';
  if (file.type !== 'service_account') return 'is JSON, but not the key file of a service account';
  const { client_email, private_key, private_key_id, project_id, token_uri } = file;
  if (typeof client_email !== 'string' || typeof private_key !== 'string')
    return 'is a key file without "client_email" or "private_key"';
  const address = typeof token_uri === 'string' ? token_uri : usualTokenUri;
  if (!URL.canParse(address) || !isSafe(new URL(address))) return 'has a "token_uri" that is not https';
  try {
    createPrivateKey(private_key);
  } catch {
    return 'has a "private_key" that cannot be read';
  }
  return {
    client_email,
    private_key,
    ...(typeof private_key_id === 'string' && { private_key_id }),
    ...(typeof project_id === 'string' && { project_id }),
    token_uri: new URL(address),
  };
};

const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

interface Token {
  readonly text: string;
  readonly endsMs: number;
}

/** Signs calls with an access token of a service account: fetched at the first one, kept, replaced before it ends. */
export class GoogleTokens implements Signer {
  /** The rest of a key file are addresses and names, which our own messages may hold. */
  readonly secret: string;
  readonly #account: ServiceAccount;
  readonly #parts: SignerParts;
  #token: Token | undefined;
  #fetching: Promise<Token> | undefined;
  #notBeforeMs = 0;

  constructor(account: ServiceAccount, parts: SignerParts) {
    this.secret = account.private_key;
    this.#account = account;
    this.#parts = parts;
  }

  sign(): Signed | Promise<Signed> {
    const leftMs = this.#token ? this.#token.endsMs - this.#parts.now() : 0;
    if (this.#token && leftMs > leastLeftMs) {
      if (leftMs < refreshBeforeMs && this.#parts.now() >= this.#notBeforeMs)
        // the call at hand has its token; whether there is a next one is the next call's matter
        this.#fetch().catch(() => undefined);
      return signedWith(this.#token);
    }
    return this.#fetch().then(signedWith);
  }

  /** A token may be withdrawn before its end: the next call has another one. */
  refused({ secret }: Signed): void {
    if (this.#token?.text === secret) this.#token = undefined;
  }

  /** One at a time, however many calls wait for it. */
  #fetch(): Promise<Token> {
    this.#fetching ??= this.#ask()
      .then((token) => {
        this.#token = token;
        return token;
      })
      .catch((cause: unknown) => {
        this.#notBeforeMs = this.#parts.now() + pauseMs;
        throw cause;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }

  async #ask(): Promise<Token> {
    const { now, postForm } = this.#parts;
    const askedMs = now();
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertionOf(this.#account, Math.floor(askedMs / 1000)),
    });
    const { host } = this.#account.token_uri;
    const { status, body } = await postForm(this.#account.token_uri, form.toString()).catch(
      (cause: unknown) => {
        throw new Error(`${host} gave no access token (${nameOf(cause)})`, { cause });
      },
    );
    const said = parsed(body);
    const text = said?.access_token;
    // of the answer only its code is told: the rest may quote the assertion
    if (status !== 200 || typeof text !== 'string' || text === '')
      throw new Error(`${host} gave no access token (status ${status}${codeOf(said)})`);
    const seconds = typeof said?.expires_in === 'number' ? said.expires_in : assertionSec;
    return { text, endsMs: askedMs + seconds * 1000 };
  }
}

const signedWith = ({ text }: Token): Signed => ({
  headers: { authorization: `Bearer ${text}` },
  secret: text,
});

const assertionOf = (account: ServiceAccount, nowSec: number): string => {
  const head = { alg: 'RS256', typ: 'JWT', ...(account.private_key_id && { kid: account.private_key_id }) };
  const claims = {
    iss: account.client_email,
    scope,
    aud: account.token_uri.href,
    iat: nowSec,
    exp: nowSec + assertionSec,
  };
  const said = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${said}.${sign('RSA-SHA256', Buffer.from(said), account.private_key).toString('base64url')}`;
};

const codeOf = (said: JsonObject | undefined): string =>
  typeof said?.error === 'string' && /^\w{1,40}$/.test(said.error) ? `, ${said.error}` : '';

const nameOf = (cause: unknown): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : 'unknown';
