import type { Credentials } from '../access/keys.ts';
import type { JsonObject } from '../core/json.ts';
import type { DialectName, Model } from '../core/model.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import { sealMark } from '../dialects/sealed-reasoning.ts';
import type { ParsedBody } from '../gateway/json-body.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { spliceBytes } from '../kit/json-scan.ts';
import { credentialsFor } from '../providers/credential-order.ts';
import { pathFor } from '../providers/endpoint-for.ts';
import type { Provider } from '../providers/provider.ts';
import { holdsSecret } from '../providers/secrets.ts';
import type { Egress } from '../providers/send.ts';
import { demandLeave } from './owner.ts';

export interface CountRequest {
  readonly parsed: ParsedBody;
  /** Named by the path. */
  readonly model?: string;
  readonly dialect: Dialect;
  readonly headers: Headers;
  readonly credentials: Credentials;
  readonly snapshot: Snapshot;
}

/** A vendor's own count, as it came; or our guess, in the same shape. */
export type Counted =
  | { readonly type: 'told'; readonly body: Buffer }
  | { readonly type: 'estimated'; readonly body: JsonObject };

export interface CountParts {
  readonly egress: Egress;
  /** By our own estimate: good for a context gauge, never for a bill. Throws GatewayError where the body says nothing. */
  readonly estimate: (dialect: DialectName, body: JsonObject, bodyBytes: number) => number;
}

/**
 * Counts a prompt: by its vendor where the model is named and its vendor counts in the caller's dialect,
 * else by our own estimate. Throws GatewayError on names and bodies that mean nothing.
 */
export const countTokens = async (request: CountRequest, parts: CountParts): Promise<Counted> => {
  const { parsed, dialect, snapshot, credentials } = request;
  const asked = request.model ?? parsed.body.model;
  const caller = snapshot.keys.callerOf(credentials);
  // another vendor's reasoning is nothing for this one to count
  const isMixed = parsed.bytes.includes(sealMark);
  const target =
    typeof asked === 'string' && !isMixed ? countingTarget(asked, dialect.name, snapshot) : undefined;
  if (target) {
    const { model, provider } = target;
    demandLeave(caller, { ...model, provider });
    const body = await told(request, target, caller.name, parts.egress);
    if (body) return { type: 'told', body };
  }
  const tokens = parts.estimate(dialect.name, parsed.body, parsed.bytes.length);
  return { type: 'estimated', body: shapes[dialect.name](tokens) };
};

interface CountingTarget {
  readonly model: Model;
  readonly provider: Provider;
  readonly path: string;
}

/** A route or a tier has many models, each of which counts differently. */
const countingTarget = (
  asked: string,
  dialect: DialectName,
  { resolve, providers }: Snapshot,
): CountingTarget | undefined => {
  const resolved = resolve(asked);
  if (resolved.type !== 'model') return undefined;
  const { model } = resolved;
  const provider = providers.get(model.provider);
  const endpoint = provider?.kind.endpoints.find(
    (one) => one.dialect === dialect && one.countPath !== undefined,
  );
  if (!provider || !endpoint?.countPath) return undefined;
  return { model, provider, path: pathFor({ dialect, chatPath: endpoint.countPath }, model.name, false) };
};

/** Nobody waits longer for a gauge. */
const countMs = 5000;
const mostBytes = 64 * 1024;

/** What the vendor said; undefined where it said nothing that can be used. */
const told = (
  { parsed, headers }: CountRequest,
  { model, provider, path }: CountingTarget,
  session: string,
  egress: Egress,
): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const [credential = provider.credentials[0]] = credentialsFor(provider.credentials, session);
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    const end = (body?: Buffer): void => {
      clearTimeout(timer);
      resolve(body);
    };
    const timer = setTimeout(() => {
      ongoing.abort();
      end();
    }, countMs);
    const ongoing = egress.send(
      {
        provider,
        credential,
        path,
        query: '',
        method: 'POST',
        headers: passedHeaders(headers, provider),
        body: renamed(parsed, model.name),
      },
      {
        sent: () => undefined,
        started: (code) => {
          status = code;
        },
        data: (chunk) => {
          size += chunk.length;
          if (size <= mostBytes) chunks.push(chunk);
        },
        ended: () => {
          const body = Buffer.concat(chunks);
          const isUsable =
            status === 200 && size <= mostBytes && !holdsSecret(body.toString('latin1'), credential.key);
          end(isUsable ? body : undefined);
        },
        failed: () => end(),
      },
    );
  });

const renamed = ({ bytes, scan }: CountRequest['parsed'], name: string): Buffer => {
  const span = scan.keys.get('model');
  return span
    ? spliceBytes(bytes, [{ start: span.start, end: span.end, text: JSON.stringify(name) }])
    : bytes;
};

const passedHeaders = (headers: Headers, { kind }: Provider): Record<string, string> => {
  const passed: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const startsIt = (start: string) => name.startsWith(start);
    if (value !== undefined && kind.passHeaders.some(startsIt) && !kind.accountHeaders.some(startsIt))
      passed[name] = value;
  }
  return passed;
};

const shapes: Readonly<Record<DialectName, (tokens: number) => JsonObject>> = {
  'anthropic-messages': (tokens) => ({ input_tokens: tokens }),
  'openai-responses': (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  'openai-chat': (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  gemini: (tokens) => ({ totalTokens: tokens }),
};
