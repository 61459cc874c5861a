import { GatewayError } from '../core/errors.ts';
import type { DialectName } from '../core/model.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { BaseUrlForm, Found } from './paths.ts';

export const nothingAt = (path: string): GatewayError =>
  new GatewayError(
    'not-found',
    `There is nothing at ${JSON.stringify(path.slice(0, 100))}; the gateway answers POST /v1/chat/completions, /v1/responses, /v1/messages and /v1beta/models/NAME:generateContent, and GET /v1/models.`,
  );

/** The commonest mistake of all: the error says what to write instead. */
export const wrongBase = (path: string, should: BaseUrlForm, headers: Headers): GatewayError => {
  const bare = addressOf(headers);
  if (!/^\/v1(?:beta)?\/v1/.test(path))
    return new GatewayError(
      'not-found',
      `The path lacks its version, which this client does not add: its base URL is "${bare}/v1".`,
    );
  const openai = `OpenAI clients: the base URL is "${bare}/v1", or "${bare}" where the client adds "/v1".`;
  const others = `Anthropic and Google clients add the version themselves: the base URL is "${bare}".`;
  const way = { 'with-version': openai, bare: others, either: `${openai} ${others}` }[should];
  return new GatewayError('not-found', `The path has its version twice. ${way}`);
};

/** As the caller reached us. What it says of itself goes back to it alone. */
const addressOf = (headers: Headers): string => {
  const host = headers.host !== undefined && /^[\w.:[\]-]{1,255}$/.test(headers.host) ? headers.host : 'HOST';
  return `${headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${host}`;
};

/** Whose errors the caller of a path understands, as far as path and headers tell. */
export const errorDialectOf = (path: string, headers: Headers, found: Found): DialectName => {
  const spoken = found.type === 'found' ? spokenAt(found.wanted) : undefined;
  if (spoken) return spoken;
  if (path.startsWith('/v1/messages') || path.endsWith('/messages')) return 'anthropic-messages';
  if (path.startsWith('/v1beta') || /:\w+Content$/.test(path)) return 'gemini';
  if (headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined) return 'gemini';
  if (headers['anthropic-version'] !== undefined) return 'anthropic-messages';
  return path.includes('/responses') ? 'openai-responses' : 'openai-chat';
};

const spokenAt = (wanted: Extract<Found, { type: 'found' }>['wanted']): DialectName | undefined => {
  if (wanted.type === 'surface') return wanted.surface.dialect;
  return 'dialect' in wanted ? wanted.dialect : undefined;
};
