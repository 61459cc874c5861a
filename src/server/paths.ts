import type { DialectName } from '../core/model.ts';

/** What a path asks for. */
export type Wanted =
  | { readonly type: 'chat'; readonly dialect: DialectName }
  | { readonly type: 'count-tokens'; readonly dialect: DialectName }
  | { readonly type: 'models' }
  | { readonly type: 'model'; readonly name: string }
  | { readonly type: 'health' | 'ready' | 'root' };

type Method = 'GET' | 'POST';

const routes: ReadonlyMap<string, { readonly method: Method; readonly wanted: Wanted }> = new Map([
  ['/', { method: 'GET', wanted: { type: 'root' } }],
  ['/healthz', { method: 'GET', wanted: { type: 'health' } }],
  ['/readyz', { method: 'GET', wanted: { type: 'ready' } }],
  ['/v1/models', { method: 'GET', wanted: { type: 'models' } }],
  ['/v1/chat/completions', { method: 'POST', wanted: { type: 'chat', dialect: 'openai-chat' } }],
  ['/v1/messages', { method: 'POST', wanted: { type: 'chat', dialect: 'anthropic-messages' } }],
  [
    '/v1/messages/count_tokens',
    { method: 'POST', wanted: { type: 'count-tokens', dialect: 'anthropic-messages' } },
  ],
]);

/** Paths that need no key. */
export const openPaths: readonly string[] = ['/', '/healthz', '/readyz'];

export type Found =
  | { readonly type: 'found'; readonly wanted: Wanted }
  | { readonly type: 'wrong-method'; readonly allowed: Method }
  /** Only a plain path of this very host is served: no dots, no escapes of slashes, no foreign host. */
  | { readonly type: 'unsafe' }
  | { readonly type: 'doubled-version' }
  | { readonly type: 'missing' };

/** `target` is the request line's: path and query. */
export const findRoute = (method: string, path: string): Found => {
  const route = routes.get(path);
  if (route)
    return allowed(method, route.method)
      ? { type: 'found', wanted: route.wanted }
      : { type: 'wrong-method', allowed: route.method };
  if (isUnsafe(path)) return { type: 'unsafe' };
  if (path.startsWith('/v1/v1/') || path === '/v1/v1') return { type: 'doubled-version' };
  const name = path.startsWith('/v1/models/') ? decoded(path.slice('/v1/models/'.length)) : undefined;
  if (!name) return { type: 'missing' };
  return allowed(method, 'GET')
    ? { type: 'found', wanted: { type: 'model', name } }
    : { type: 'wrong-method', allowed: 'GET' };
};

const allowed = (method: string, wanted: Method): boolean =>
  method === wanted || (method === 'HEAD' && wanted === 'GET');

const isUnsafe = (path: string): boolean =>
  !path.startsWith('/') ||
  path.startsWith('//') ||
  /[\\;\0]|%00|%5c/i.test(path) ||
  path
    .split('/')
    .some((part) => /^(?:\.|%2e){1,2}$/i.test(part) || /(?:%2f|\/)(?:\.|%2e){1,2}(?:%2f|$)/i.test(part));

const decoded = (text: string): string | undefined => {
  try {
    const name = decodeURIComponent(text);
    return /[\p{Cc}\\]|(?:^|\/)\.{1,2}(?:\/|$)/u.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
};
