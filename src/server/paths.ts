import type { DialectName } from '../core/model.ts';
import type { RequestAddress } from '../dialects/dialect.ts';
import { findSurface, geminiSurface, type Surface } from '../surfaces/surface.ts';
import { isName, isUnsafe, nameIn } from './safe-path.ts';

/** What a path asks for. */
export type Wanted =
  | {
      readonly type: 'chat';
      readonly dialect: DialectName;
      /** What of the request stands in the path. */
      readonly address?: RequestAddress;
      /** Azure's paths name the model there, and nothing else. */
      readonly deployment?: string;
      /** Gemini without `alt=sse`: a stream is one JSON list. */
      readonly hasListForm?: boolean;
    }
  | { readonly type: 'count-tokens'; readonly dialect: DialectName; readonly model?: string }
  | { readonly type: 'surface'; readonly surface: Surface; readonly model?: string }
  | {
      readonly type: 'stored';
      readonly dialect: 'openai-responses';
      readonly id: string;
      readonly operation: 'get' | 'delete' | 'cancel' | 'input-items';
    }
  /** Of the ledger: `id` is its own, or that of the answer. */
  | { readonly type: 'exchange'; readonly id: string; readonly operation: 'get' | 'feedback' }
  | { readonly type: 'models'; readonly isGemini: boolean }
  | { readonly type: 'model'; readonly name: string; readonly isGemini: boolean }
  | { readonly type: 'health' | 'ready' | 'root' };

/** What the client's base URL should be: with the version, without, or either, depending on the client. */
export type BaseUrlForm = 'with-version' | 'bare' | 'either';

export type Method = 'GET' | 'POST' | 'DELETE';

export type Found =
  | { readonly type: 'found'; readonly wanted: Wanted }
  | { readonly type: 'wrong-method'; readonly allowed: readonly Method[] }
  /** Only a plain path of this very host is served: no dots, no escapes of slashes, no foreign host. */
  | { readonly type: 'unsafe' }
  /** The client's base URL has a version that the client adds itself, or lacks one that it does not add. */
  | { readonly type: 'wrong-base'; readonly should: BaseUrlForm }
  | { readonly type: 'missing' };

const chat = (dialect: DialectName): Found => ({ type: 'found', wanted: { type: 'chat', dialect } });
const count = (dialect: DialectName): Found => ({ type: 'found', wanted: { type: 'count-tokens', dialect } });

const posts: ReadonlyMap<string, Found> = new Map([
  ['/v1/chat/completions', chat('openai-chat')],
  ['/v1/messages', chat('anthropic-messages')],
  ['/v1/responses', chat('openai-responses')],
  ['/v1/messages/count_tokens', count('anthropic-messages')],
  ['/v1/responses/input_tokens', count('openai-responses')],
]);

const gets: ReadonlyMap<string, Wanted> = new Map<string, Wanted>([
  ['/', { type: 'root' }],
  ['/healthz', { type: 'health' }],
  ['/readyz', { type: 'ready' }],
  ['/v1/models', { type: 'models', isGemini: false }],
  ['/v1beta/models', { type: 'models', isGemini: true }],
]);

/** Paths that need no key. */
export const openPaths: readonly string[] = ['/', '/healthz', '/readyz'];

const onlyGet: Found = { type: 'wrong-method', allowed: ['GET'] };
const onlyPost: Found = { type: 'wrong-method', allowed: ['POST'] };

/** `path` is the request line's, without its query. */
export const findRoute = (method: string, path: string, query = ''): Found => {
  const posted = posts.get(path);
  if (posted) return method === 'POST' ? posted : onlyPost;
  const got = gets.get(path);
  if (got) return isGet(method) ? { type: 'found', wanted: got } : onlyGet;
  if (isUnsafe(path)) return { type: 'unsafe' };
  const azure = azureStyle(method, path, query);
  if (azure) return azure;
  const version = /^\/v1(?:beta)?(?=\/)/.exec(path)?.[0];
  if (version === undefined) return withoutVersion(path);
  const rest = path.slice(version.length);
  if (/^\/v1(?:beta)?(?:\/|$)/.test(rest)) return doubled(rest);
  if (rest.startsWith('/models/'))
    return inModels(method, rest.slice('/models/'.length), query, version === '/v1beta');
  // the AI SDK leaves "models/" out where the name has a slash
  if (/:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/.test(rest))
    return inModels(method, rest.slice(1), query, true);
  if (version === '/v1' && rest.startsWith('/responses/')) return storedAt(method, rest);
  if (version === '/v1' && rest.startsWith('/exchanges/')) return exchangeAt(method, rest);
  return version === '/v1' ? onSurface(method, rest) : { type: 'missing' };
};

/** "/models/NAME" is told of, "/models/NAME:OPERATION" is asked. Names may hold slashes and colons. */
const inModels = (method: string, text: string, query: string, isGemini: boolean): Found => {
  const name = nameIn(text);
  if (name === undefined) return { type: 'unsafe' };
  const colon = name.lastIndexOf(':');
  const model = name.slice(0, Math.max(colon, 0)).replace(/^models\//, '');
  if (colon >= 0 && !isName(model)) return { type: 'unsafe' };
  const operation = colon < 0 ? '' : name.slice(colon + 1);
  const asked = operationOf(operation, model, query);
  if (asked) return method === 'POST' ? { type: 'found', wanted: asked } : onlyPost;
  // names of operations are written so, and names of models are not
  if (/^[a-z]+[A-Z]/.test(operation)) return { type: 'missing' };
  return isGet(method) ? { type: 'found', wanted: { type: 'model', name, isGemini } } : onlyGet;
};

const operationOf = (operation: string, model: string, query: string): Wanted | undefined => {
  switch (operation) {
    case 'generateContent':
      return { type: 'chat', dialect: 'gemini', address: { model, isStream: false } };
    case 'streamGenerateContent':
      return {
        type: 'chat',
        dialect: 'gemini',
        address: { model, isStream: true },
        hasListForm: new URLSearchParams(query).get('alt') !== 'sse',
      };
    case 'countTokens':
      return { type: 'count-tokens', dialect: 'gemini', model };
    default: {
      const surface = geminiSurface(operation, model);
      return surface && { type: 'surface', surface };
    }
  }
};

/** Ids are letters, digits, "-" and "_": nothing that could leave its place in a path. */
const storedAt = (method: string, path: string): Found => {
  const [, id = '', below = ''] =
    /^\/responses\/(resp_[\w-]{1,250})(\/cancel|\/input_items)?$/.exec(path) ?? [];
  if (id === '') return { type: path.includes('%') ? 'unsafe' : 'missing' };
  const stored = (operation: (Wanted & { type: 'stored' })['operation']): Found => ({
    type: 'found',
    wanted: { type: 'stored', dialect: 'openai-responses', id, operation },
  });
  if (below === '/cancel') return method === 'POST' ? stored('cancel') : onlyPost;
  if (below === '/input_items') return isGet(method) ? stored('input-items') : onlyGet;
  if (isGet(method)) return stored('get');
  return method === 'DELETE' ? stored('delete') : { type: 'wrong-method', allowed: ['GET', 'DELETE'] };
};

/** Ids that vendors give their answers have dots and colons, too. */
const exchangeAt = (method: string, path: string): Found => {
  const [, id = '', below = ''] = /^\/exchanges\/([\w.:-]{1,250})(\/feedback)?$/.exec(path) ?? [];
  if (id === '') return { type: path.includes('%') ? 'unsafe' : 'missing' };
  if (below === '')
    return isGet(method) ? { type: 'found', wanted: { type: 'exchange', id, operation: 'get' } } : onlyGet;
  return method === 'POST'
    ? { type: 'found', wanted: { type: 'exchange', id, operation: 'feedback' } }
    : onlyPost;
};

const onSurface = (method: string, path: string, model?: string): Found => {
  const surface = findSurface(method, path);
  // an escape has no place in what is left
  if (!surface) return { type: path.includes('%') ? 'unsafe' : 'missing' };
  if ('allowed' in surface) return { type: 'wrong-method', allowed: surface.allowed };
  return { type: 'found', wanted: { type: 'surface', surface, ...(model !== undefined && { model }) } };
};

/** Clients that take us for Azure: the model's name is a deployment in the path, or the path has "/openai" before it. */
const azureStyle = (method: string, path: string, query: string): Found | undefined => {
  if (!path.startsWith('/openai/')) return undefined;
  const rest = path.slice('/openai'.length);
  if (rest.startsWith('/v1/')) return findRoute(method, rest, query);
  if (rest === '/responses' || rest === '/models') return findRoute(method, `/v1${rest}`, query);
  const [, escaped = '', operation = ''] = /^\/deployments\/([^/]+)(\/.+)$/.exec(rest) ?? [];
  const model = nameIn(escaped);
  if (model === undefined) return { type: 'unsafe' };
  if (operation !== '/chat/completions') return onSurface(method, operation, model);
  if (method !== 'POST') return onlyPost;
  return { type: 'found', wanted: { type: 'chat', dialect: 'openai-chat', deployment: model } };
};

/** Most mistakes with base URLs are one of two: a version too many, or one too few. */
const doubled = (rest: string): Found => ({
  type: 'wrong-base',
  should: formFor(rest.replace(/^\/v1(?:beta)?/, '')) ?? 'either',
});

/** Whoever leaves the version out does not add it: it has to stand in the base URL. */
const withoutVersion = (path: string): Found =>
  formFor(path) === undefined ? { type: 'missing' } : { type: 'wrong-base', should: 'with-version' };

const formFor = (path: string): BaseUrlForm | undefined => {
  if (path.startsWith('/messages')) return 'bare';
  if (path === '/models' || path === '/models/') return 'either';
  if (path.startsWith('/models/')) return 'bare';
  const isOpenai = path === '/chat/completions' || path.startsWith('/responses');
  return isOpenai || findSurface('POST', path) !== undefined ? 'with-version' : undefined;
};

const isGet = (method: string): boolean => method === 'GET' || method === 'HEAD';
