import { hash } from 'node:crypto';
import type { Caller } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Offer, Snapshot } from '../gateway/snapshot.ts';
import { type CodexModel, codexModel } from './codex-models.ts';

/** Who is asking for models, as far as it decides how they are told. */
export type ListShape = 'gemini' | 'anthropic' | 'codex' | 'openai';

/** Three vendors have a list at this path: what else the request says tells whose client it is (WIRE 1.2). */
export const listShapeOf = (isGeminiPath: boolean, headers: Headers, query: URLSearchParams): ListShape => {
  if (isGeminiPath || headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined)
    return 'gemini';
  if (query.has('key')) return 'gemini';
  if (headers['anthropic-version'] !== undefined) return 'anthropic';
  return query.has('client_version') ? 'codex' : 'openai';
};

export interface ModelList {
  readonly body: JsonObject | { readonly models: readonly CodexModel[] };
  /** Changes with the list, where its readers ask whether it did. */
  readonly etag?: string;
}

/** Throws `invalid-request` where a page is asked for that there is not. */
export const listModels = (
  snapshot: Snapshot,
  caller: Caller,
  shape: ListShape,
  query: URLSearchParams,
): ModelList => {
  // other clients need no alias, and would show everything twice
  const offers = snapshot.offers(caller).filter(({ isAlias }) => shape === 'anthropic' || !isAlias);
  switch (shape) {
    case 'gemini':
      return { body: geminiPage(offers, query) };
    case 'codex': {
      const body = { models: offers.map(codexModel) };
      return { body, etag: `"${hash('sha256', JSON.stringify(body), 'base64url').slice(0, 22)}"` };
    }
    default:
      return { body: unionPage(offers, query) };
  }
};

/** Throws `unknown-model`. */
export const oneModel = (name: string, snapshot: Snapshot, caller: Caller, shape: ListShape): JsonObject => {
  const wanted = shape === 'gemini' ? name.replace(/^models\//, '') : name;
  const offer = snapshot.offers(caller).find(({ id }) => id === wanted);
  if (!offer)
    throw new GatewayError(
      'unknown-model',
      `There is no model ${JSON.stringify(wanted.slice(0, 100))}; GET /v1/models lists what there is.`,
      { param: 'model' },
    );
  return shape === 'gemini' ? geminiModel(offer) : unionModel(offer);
};

/** One list that both the OpenAI and the Anthropic SDK read: each ignores the other's fields (WIRE 1.2). */
const unionPage = (offers: readonly Offer[], query: URLSearchParams): JsonObject => {
  const limit = countIn(query, 'limit', 1000);
  const after = query.get('after_id');
  const before = query.get('before_id');
  let [from, to] = [0, offers.length];
  if (after !== null) from = placeOf(after, offers, 'after_id') + 1;
  if (before !== null) to = placeOf(before, offers, 'before_id');
  const whole = offers.slice(from, Math.max(from, to));
  // asked for what comes before, the page ends there
  const page = before !== null && after === null ? whole.slice(-limit) : whole.slice(0, limit);
  return {
    object: 'list',
    data: page.map(unionModel),
    has_more: page.length < whole.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
};

const placeOf = (id: string, offers: readonly Offer[], param: string): number => {
  const place = offers.findIndex((offer) => offer.id === id);
  if (place < 0)
    throw new GatewayError('invalid-request', `"${param}" names no model of this list.`, { param });
  return place;
};

const unionModel = (offer: Offer): JsonObject => {
  const { id, displayName, ownedBy, released = epoch, contextTokens, maxOutputTokens } = offer;
  return {
    id,
    object: 'model',
    type: 'model',
    created: Math.floor(Date.parse(released) / 1000) || 0,
    created_at: `${released.padEnd(10, '-01').slice(0, 10)}T00:00:00Z`,
    owned_by: ownedBy,
    display_name: displayName,
    ...(contextTokens !== undefined && { max_input_tokens: contextTokens }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
  };
};

const geminiPage = (offers: readonly Offer[], query: URLSearchParams): JsonObject => {
  const size = countIn(query, 'pageSize', 1000);
  const token = query.get('pageToken');
  const from = token ? placeOf(tokenText(token), offers, 'pageToken') + 1 : 0;
  const page = offers.slice(from, from + size);
  const last = page.at(-1);
  return {
    models: page.map(geminiModel),
    ...(last !== undefined &&
      from + size < offers.length && { nextPageToken: Buffer.from(last.id).toString('base64url') }),
  };
};

const tokenText = (token: string): string => Buffer.from(token, 'base64url').toString();

const geminiModel = ({ id, displayName, contextTokens, maxOutputTokens }: Offer): JsonObject => ({
  name: `models/${id}`,
  displayName,
  version: '001',
  ...(contextTokens !== undefined && { inputTokenLimit: contextTokens }),
  ...(maxOutputTokens !== undefined && { outputTokenLimit: maxOutputTokens }),
  supportedGenerationMethods: ['generateContent', 'countTokens'],
});

const countIn = (query: URLSearchParams, param: string, most: number): number => {
  const text = query.get(param);
  // without a limit the list is whole: nobody has to ask twice
  if (text === null || text === '') return Number.MAX_SAFE_INTEGER;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new GatewayError('invalid-request', `"${param}" has to be a number from 1 to ${most}.`, { param });
  return Math.min(count, most);
};

const epoch = '1970-01-01';
