import type { RequestTags } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { ExchangeId, Received } from '../core/exchange.ts';
import type { JsonObject } from '../core/json.ts';
import type { DialectName } from '../core/model.ts';
import type { Dialect, Headers } from '../dialects/dialect.ts';
import { readTests } from '../gateway/answer-tests.ts';
import { type ParsedBody, parseBody } from '../gateway/json-body.ts';
import { addMember, spliceBytes } from '../kit/json-scan.ts';
import { sessionOf } from '../sessions/session-of.ts';
import type { Wanted } from './paths.ts';

/** A request whose body has arrived, before anybody looked into it. */
export interface ReceivedBody {
  readonly id: ExchangeId;
  readonly receivedAt: number;
  /** The caller's: what is answered in. */
  readonly dialect: Dialect;
  readonly bytes: Buffer;
  readonly headers: Headers;
  readonly query: string;
  readonly wanted: Pick<Extract<Wanted, { type: 'chat' }>, 'address' | 'deployment'>;
  readonly dialects: ReadonlyMap<DialectName, Dialect>;
}

/** Reads a body in its caller's dialect. Throws GatewayError `invalid-json` or `invalid-request`. */
export const readReceived = (received: ReceivedBody): Received => {
  const { id, receivedAt, dialect, headers, query, wanted, dialects } = received;
  const { bytes, scan, body } = withDeployment(parseBody(received.bytes), wanted.deployment);
  const written = writtenIn(body, dialect, dialects);
  const request = written.readRequest(body, wanted.address);
  // it stands in records, logs and headers: nobody's model has so long a name
  if (request.model.length > longestModelName)
    throw new GatewayError('invalid-request', `"model" is over ${longestModelName} characters.`, {
      param: 'model',
    });
  return {
    id,
    receivedAt,
    dialect: dialect.name,
    bytes,
    scan,
    request: showing(request, headers),
    ...(written !== dialect && { isRewritten: true }),
    tags: readTags(headers),
    wireHeaders: wireHeaders(headers),
    wireQuery: query === '?beta=true' ? query : '',
    session: sessionOf(request, headers),
  };
};

/** Some editors post bodies of the Responses API to the path of Chat, and read Chat's answers (pitfall 35). */
const writtenIn = (body: JsonObject, dialect: Dialect, dialects: ReceivedBody['dialects']): Dialect =>
  dialect.name === 'openai-chat' && body.input !== undefined && body.messages === undefined
    ? (dialects.get('openai-responses') ?? dialect)
    : dialect;

/** On Azure's paths the model is the deployment, whatever the body says: what is routed, billed and sent is one name. */
const withDeployment = (parsed: ParsedBody, deployment: string | undefined): ParsedBody => {
  if (deployment === undefined || parsed.body.model === deployment) return parsed;
  const { bytes, scan } = parsed;
  const named = scan.keys.get('model');
  const text = JSON.stringify(deployment);
  const splice = named ? { start: named.start, end: named.end, text } : addMember(scan, 'model', text);
  return parseBody(spliceBytes(bytes, [splice]));
};

/** Chat has no field for the wish to see what a model thinks. */
const showing = (request: ChatRequest, headers: Headers): ChatRequest =>
  headers['x-tierwise-reasoning'] === 'shown' && request.reasoning.isShown === undefined
    ? { ...request, reasoning: { ...request.reasoning, isShown: true } }
    : request;

const longestModelName = 256;

/** What a request says of itself in headers of ours. */
export const readTags = (headers: Headers): RequestTags => {
  const session = headers['x-tierwise-session'];
  const tags = {
    tags: tagsOf(headers['x-tierwise-tags']),
    isStrict: headers['x-tierwise-strict'] === 'true',
    agent: agentOf(headers['user-agent'] ?? ''),
  };
  const purpose = purposeOf(headers);
  const tests = readTests(headers['x-tierwise-tests']);
  return {
    ...tags,
    ...(session !== undefined && { session }),
    ...(purpose !== undefined && { purpose }),
    ...(tests && { tests }),
  };
};

const noTags: RequestTags['tags'] = Object.freeze(Object.create(null) as RequestTags['tags']);

/** "nightly, team=search" → { nightly: "true", team: "search" }. */
const tagsOf = (text: string | undefined): RequestTags['tags'] => {
  if (!text) return noTags;
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const part of text.split(',', 32)) {
    const [name = '', ...rest] = part.split('=');
    if (name.trim())
      tags[name.trim().slice(0, 64)] = rest.length > 0 ? rest.join('=').trim().slice(0, 256) : 'true';
  }
  return tags;
};

/** Claude Code names the class of a call, Codex the helper; from who else has a parent it is a helper's. */
const purposeOf = (headers: Headers): string | undefined => {
  const told = headers['x-claude-code-request-class'] ?? headers['x-openai-subagent'];
  if (told !== undefined) return told.slice(0, 64);
  const hasParent =
    headers['x-claude-code-parent-agent-id'] !== undefined || headers['x-parent-session-id'] !== undefined;
  return hasParent ? 'subagent' : undefined;
};

/** First word of the user agent: "claude-cli/2.1 (external, cli)" → "claude-cli". */
const agentOf = (userAgent: string): string => /^[\w.@-]{1,64}/.exec(userAgent)?.[0] ?? '';

/**
 * They change weekly: all that begin so are kept, none is on a list. Codex's say which fields its body has
 * beyond the documented ones.
 */
const isOfWire = (name: string): boolean =>
  name.startsWith('anthropic-') ||
  name.startsWith('x-openai-') ||
  name.startsWith('x-codex-') ||
  name === 'openai-beta';

const wireHeaders = (headers: Headers): Record<string, string> => {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    if (!isOfWire(name)) continue;
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
};
