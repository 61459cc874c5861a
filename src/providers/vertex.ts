import { isObject, type JsonObject } from '../core/json.ts';
import { anthropic } from './anthropic.ts';
import { type CloudError, ErrorUnwrapping } from './cloud-errors.ts';
import { type CloudWire, cloudMessages } from './cloud-messages.ts';
import { google } from './google.ts';
import { GoogleTokens, readServiceAccount } from './google-token.ts';
import { defineProvider, type Envelope, type Place } from './provider.ts';
import { withoutCallIds } from './vertex-calls.ts';

/**
 * Models on Google's Vertex AI: one kind for Gemini, one for Claude. Everything here is per docs and was
 * never seen live. A key is either the key file of a service account, as JSON, or an access token, which
 * ends after an hour.
 */

const place: Place = {
  regionVariables: ['GOOGLE_CLOUD_LOCATION', 'GOOGLE_VERTEX_LOCATION', 'CLOUD_ML_REGION'],
  projectVariables: ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_VERTEX_PROJECT', 'ANTHROPIC_VERTEX_PROJECT_ID'],
  region: 'global',
  projectOf: (key) => {
    const account = key.startsWith('{') ? readServiceAccount(key) : undefined;
    return typeof account === 'object' ? account.project_id : undefined;
  },
  baseUrl: (region, project) => `https://${hostOf(region)}/v1/projects/${project}/locations/${region}`,
};

/** Several regions under one name have a host of another shape. */
const hostOf = (region: string): string => {
  if (region === 'global') return 'aiplatform.googleapis.com';
  return region === 'us' || region === 'eu'
    ? `aiplatform.${region}.rep.googleapis.com`
    : `${region}-aiplatform.googleapis.com`;
};

const common = defineProvider({
  ...google,
  baseUrl: undefined,
  place,
  surfaces: [],
  keyVariables: ['GOOGLE_CREDENTIALS', 'GOOGLE_OAUTH_ACCESS_TOKEN'],
  isFoundByKey: false,
  keyProblem: (key) => {
    if (!key.startsWith('{'))
      return /^[\w.~+=-]+$/.test(key) && !key.endsWith('.json')
        ? undefined
        : 'is neither an access token nor the text (not the path) of a key file';
    const account = readServiceAccount(key);
    return typeof account === 'string' ? account : undefined;
  },
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
  createSigner: ({ key }, parts) => {
    if (!key?.startsWith('{')) return undefined;
    const account = readServiceAccount(key);
    // the configuration has been checked: a key that was none has been told of
    return typeof account === 'string'
      ? { sign: () => Promise.reject(new Error(`its key ${account}`)) }
      : new GoogleTokens(account, parts);
  },
});

const geminiEnvelope: Envelope = {
  wrap: ({ body, headers }) => ({ body: withoutCallIds(body), headers }),
};

export const vertex = defineProvider({
  ...common,
  type: 'google-vertex',
  endpoints: [
    {
      dialect: 'gemini',
      chatPath: '/publishers/google/models/{model}:generateContent',
      streamPath: '/publishers/google/models/{model}:streamGenerateContent?alt=sse',
      hasUndividedNames: true,
      envelope: geminiEnvelope,
    },
  ],
});

const claudeWire: CloudWire = { version: 'vertex-2023-10-16', inPath: ['model'], hasBetasInBody: false };

const claudeEnvelope: Envelope = {
  wrap: (letter) => cloudMessages(letter, claudeWire),
  unwrap: (status) => (status >= 400 ? new ErrorUnwrapping(platformError) : undefined),
};

/** Google's own errors, in the words of Messages; the model's come in these already. */
const platformError = (body: JsonObject): CloudError | undefined => {
  const { error } = body;
  if (!isObject(error) || typeof error.message !== 'string') return undefined;
  const type = typeof error.status === 'string' ? errorTypes.get(error.status) : undefined;
  return { type: type ?? 'api_error', message: error.message };
};

const errorTypes: ReadonlyMap<string, string> = new Map([
  ['INVALID_ARGUMENT', 'invalid_request_error'],
  ['FAILED_PRECONDITION', 'invalid_request_error'],
  ['UNAUTHENTICATED', 'authentication_error'],
  ['PERMISSION_DENIED', 'permission_error'],
  ['NOT_FOUND', 'not_found_error'],
  ['RESOURCE_EXHAUSTED', 'rate_limit_error'],
  ['UNAVAILABLE', 'overloaded_error'],
  ['DEADLINE_EXCEEDED', 'timeout_error'],
]);

export const vertexAnthropic = defineProvider({
  ...common,
  type: 'google-vertex-anthropic',
  endpoints: [
    {
      dialect: 'anthropic-messages',
      chatPath: '/publishers/anthropic/models/{model}:rawPredict',
      streamPath: '/publishers/anthropic/models/{model}:streamRawPredict',
      hasUndividedNames: true,
      envelope: claudeEnvelope,
    },
  ],
  catalogue: anthropic.catalogue,
  nameExample: 'claude-sonnet-4-5@20250929',
  quirks: { fetchesNoImages: true, refusedFields: ['service_tier', 'inference_geo'] },
  goesOnUnheard: false,
  passHeaders: ['anthropic-beta'],
});
