import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let library: typeof import('@bufbuild/cel') | undefined;

/** CEL is loaded with the first rule that is written in it: most gateways have none, and it is 130 files. */
export const celLibrary = (): typeof import('@bufbuild/cel') => {
  library ??= require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  return library;
};
