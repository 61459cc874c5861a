import { createRequire } from 'node:module';
import type { Dispatcher, Pool as UndiciPool } from 'undici';

const require = createRequire(import.meta.url);

/*
 * Only what is used of undici, by its files: its front door also loads a browser's fetch, WebSockets, caches and
 * mocks, some 13 MB of memory. The version is pinned exactly, so the files stay where they are.
 */
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof import('undici').Pool;
export const buildConnector = require('undici/lib/core/connect.js') as typeof import('undici').buildConnector;
/** What the front door makes a pool's own method of that name. */
export const requestOf = require('undici/lib/api/api-request.js') as (
  this: UndiciPool,
  options: Dispatcher.RequestOptions,
) => Promise<Dispatcher.ResponseData>;
export const errors = require('undici/lib/core/errors.js') as typeof import('undici').errors;
