import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { isMetadataAddress, isPublicAddress } from '../kit/public-address.ts';

export interface DownloadLimits {
  readonly bytes: number;
  /** From the first look-up to the last byte. */
  readonly totalMs: number;
  /** Private networks may be asked, too: pictures that stand on one's own servers. */
  readonly privateNetworks: boolean;
}

/** How the network is reached; handed in by tests. */
export interface DownloadParts {
  /** All addresses of a host. */
  resolve(host: string): Promise<readonly string[]>;
  /** Asks that very address, whatever the name means by then. */
  dial(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage>;
}

export interface Downloaded {
  readonly bytes: Buffer;
  /** By its first bytes, whatever its server calls it. */
  readonly mediaType: string;
}

/** Says why, in words for the caller; never what answered. */
export class DownloadError extends Error {}

const mostRedirects = 3;

/**
 * Fetches what a caller named by an address, and nothing that is not on the open internet: each host is
 * resolved once and asked at the address that was looked at, also after a redirect (WIRE 7.7). Throws
 * DownloadError.
 */
export const download = async (
  address: string,
  limits: DownloadLimits,
  parts: DownloadParts = realNetwork,
): Promise<Downloaded> => {
  const signal = AbortSignal.timeout(limits.totalMs);
  try {
    const response = await follow(parse(address, undefined), limits, parts, signal);
    return await read(response, limits.bytes);
  } catch (cause) {
    if (cause instanceof DownloadError) throw cause;
    throw new DownloadError(
      signal.aborted
        ? `it did not come within ${limits.totalMs / 1000} seconds`
        : 'its server gave no answer',
      { cause },
    );
  }
};

const follow = async (
  first: URL,
  limits: DownloadLimits,
  parts: DownloadParts,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await parts.dial(url, await allowedAddress(url, limits, parts, signal), signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return response;
    response.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined)
      throw new DownloadError(`its server answered with status ${statusCode}`);
    url = parse(headers.location, url);
  }
  throw new DownloadError(`it is redirected more than ${mostRedirects} times`);
};

const parse = (address: string, base: URL | undefined): URL => {
  if (address.length > 8192 || !URL.canParse(address, base?.href))
    throw new DownloadError('its address cannot be read');
  const url = new URL(address, base);
  if (url.protocol !== 'https:') throw new DownloadError('only https addresses are fetched');
  if (url.username || url.password) throw new DownloadError('its address holds a name or a password');
  return url;
};

/** One look-up, whose answer is also what is dialled: a name that means another place a moment later gains nothing. */
const allowedAddress = async (
  { hostname }: URL,
  { privateNetworks }: DownloadLimits,
  { resolve }: DownloadParts,
  signal: AbortSignal,
): Promise<string> => {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const addresses = isIP(host) ? [host] : await beforeAbort(resolve(host), signal);
  const [first] = addresses;
  if (first === undefined) throw new DownloadError('its host has no address');
  const isAllowed = (address: string) =>
    isPublicAddress(address) || (privateNetworks && !isMetadataAddress(address));
  // one that is also somewhere else is a trick
  if (!addresses.every(isAllowed)) throw new DownloadError('its host is not on the open internet');
  return first;
};

const beforeAbort = <Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const read = async (response: IncomingMessage, limitBytes: number): Promise<Downloaded> => {
  const tooLarge = (): DownloadError => new DownloadError(`it is larger than ${limitBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > limitBytes) {
    response.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // leaving the loop ends the connection
    if (size > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const mediaType = sniff(bytes);
  if (mediaType === undefined) throw new DownloadError('it is no JPEG, PNG, GIF or WebP picture and no PDF');
  return { bytes, mediaType };
};

/** What some bytes are, by how they begin; undefined where no model would take it. */
export const sniff = (bytes: Buffer): string | undefined => {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return head.startsWith('%PDF-') ? 'application/pdf' : undefined;
};

const realNetwork: DownloadParts = {
  resolve: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  dial: (url, address, signal) =>
    new Promise((resolve, reject) => {
      const family = isIP(address);
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      send(url, {
        agent: false,
        signal,
        // nothing of the caller's goes along
        headers: {
          'user-agent': 'tierwise',
          accept: 'image/*, application/pdf',
          'accept-encoding': 'identity',
        },
        lookup: (_host, options, done) => {
          if (options.all) done(null, [{ address, family }]);
          else done(null, address, family);
        },
      })
        .on('response', resolve)
        .on('error', reject)
        .end();
    }),
};
