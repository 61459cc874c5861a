import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { DialectName } from '../core/model.ts';
import { countRequest } from '../dialects/anthropic-messages/index.ts';
import { dialects } from '../dialects/index.ts';
import { describe } from '../features/describe.ts';

/** Tokens of a prompt as its caller wants them counted, by our own estimate. Throws GatewayError. */
export const estimateCount = (dialect: DialectName, body: JsonObject, bodyBytes: number): number =>
  describe(requestOf(dialect, body), bodyBytes).features.promptTokens;

const requestOf = (name: DialectName, body: JsonObject) => {
  // what is counted needs no limit for its answer
  if (name === 'anthropic-messages') return countRequest(body);
  const dialect = dialects.find((known) => known.name === name);
  if (!dialect) throw new GatewayError('not-found', `Nothing is counted in ${name} here.`);
  // Gemini takes the prompt alone, or the whole request in an envelope
  const { generateContentRequest: whole = body } = body;
  return dialect.readRequest(isObject(whole) ? whole : body, { model: 'counted', isStream: false });
};
