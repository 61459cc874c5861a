import { createHmac, hash } from 'node:crypto';

/** An account of AWS, or a role taken on for a while. */
export interface AwsAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a role: has to be sent along. */
  readonly sessionToken?: string;
}

/** What is signed of a request. */
export interface SignableRequest {
  readonly method: string;
  /** As it is sent: escaped once. */
  readonly path: string;
  /** "?name=value…" as it is sent, or "". */
  readonly query: string;
  /** Those that are signed, by lower-case names; the host has to be among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/**
 * Signs requests to one service of AWS in one region (Signature Version 4, with its headers). The path is
 * escaped a second time before it is signed, as every service but S3 wants it.
 */
export class SigV4 {
  readonly #account: AwsAccount;
  readonly #region: string;
  readonly #service: string;
  /** The key of a day signs all of its requests. */
  #day = '';
  #key: Buffer = Buffer.alloc(0);

  constructor(
    account: AwsAccount,
    { region, service }: { readonly region: string; readonly service: string },
  ) {
    this.#account = account;
    this.#region = region;
    this.#service = service;
  }

  /** The headers to add: the time, the signature and, where the account has one, its session token. */
  sign({ method, path, query, headers, body }: SignableRequest, nowMs: number): Record<string, string> {
    const time = timeText(nowMs);
    const day = time.slice(0, 8);
    const { accessKeyId, sessionToken } = this.#account;
    const added: Record<string, string> = {
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    };
    const signed = Object.entries({ ...headers, ...added }).sort(byName);
    const names = signed.map(([name]) => name).join(';');
    const lines = signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`).join('');
    const canonical = [method, escapedPath(path), sortedQuery(query), lines, names, sha256(body)].join('\n');
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
    const signature = hmac(this.#keyOf(day), toSign).toString('hex');
    return {
      ...added,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  }

  #keyOf(day: string): Buffer {
    if (day !== this.#day) {
      const ofDay = hmac(`AWS4${this.#account.secretAccessKey}`, day);
      this.#key = hmac(hmac(hmac(ofDay, this.#region), this.#service), 'aws4_request');
      this.#day = day;
    }
    return this.#key;
  }
}

/** "20261123T234300Z" */
const timeText = (nowMs: number): string =>
  `${new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

const sha256 = (data: Buffer | string): string => hash('sha256', data, 'hex');

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Everything but letters, digits and "-_.~" as a percent code. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const escapedPath = (path: string): string => path.split('/').map(escaped).join('/') || '/';

const sortedQuery = (query: string): string => {
  if (query === '') return '';
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  return pairs.sort().join('&');
};
