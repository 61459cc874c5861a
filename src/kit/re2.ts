import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

const require = createRequire(import.meta.url);
let library: typeof import('re2js') | undefined;

/** A pattern that no input makes slow. Throws RE2's own words. Its library is loaded with the first one. */
export const compileRe2 = (pattern: string): RE2JS => {
  library ??= require('re2js') as typeof import('re2js');
  return library.RE2JS.compile(pattern);
};

export const isRe2 = (pattern: string): boolean => {
  try {
    compileRe2(pattern);
    return true;
  } catch {
    return false;
  }
};
