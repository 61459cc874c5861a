import { bearerOf } from '../credentials.ts';
import type { Route, UpstreamWire } from '../wire.ts';
import { readCount, readGenerate } from './read.ts';
import { statusOfGoogle, writeContent, writeContentStream, writeGoogleError } from './write.ts';

const methods: Readonly<Record<string, Omit<Route, 'model'>>> = {
  generateContent: { type: 'answer', isStream: false },
  streamGenerateContent: { type: 'answer', isStream: true },
  countTokens: { type: 'count' },
};

/** Gemini's generateContent, the vendor's side. */
export const createGeminiWire = ({ unique }: { readonly unique: () => string }): UpstreamWire => ({
  name: 'gemini',
  route: (path, query) => {
    const [, model = '', method = ''] = /^\/v1(?:beta|alpha)?\/models\/(.+):([a-zA-Z]+)$/.exec(path) ?? [];
    const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!found) return undefined;
    const isArray = found.isStream === true && query.get('alt') !== 'sse';
    return { ...found, model: decoded(model), ...(isArray && { isArray }) };
  },
  keyOf: (headers, query) => {
    const own = headers['x-goog-api-key'];
    return typeof own === 'string' ? own : (bearerOf(headers) ?? query.get('key') ?? undefined);
  },
  read: readGenerate,
  readCount,
  writeCount: (tokens) => ({
    totalTokens: tokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
  }),
  writeReply: writeContent,
  writeStream: writeContentStream,
  writeError: writeGoogleError,
  statusOf: statusOfGoogle,
  headers: (requestId) => ({ 'x-simulated-request-id': requestId }),
  tellsPauseInBody: true,
  newId: (id) => id,
  newCallId: () => unique().slice(3, 11),
});

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
