import type { ErrorClass } from '../core/reply.ts';

/** What a status says where nothing else does, the same at every vendor (WIRE 8.1). */
export const statusClasses: ReadonlyMap<number, ErrorClass> = new Map([
  [401, 'bad-key'],
  [402, 'no-credit'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [413, 'too-large'],
  [429, 'rate-limited'],
  [499, 'client-gone'],
  [500, 'internal'],
  [502, 'upstream-bad'],
  [503, 'overloaded'],
  [504, 'timeout'],
]);
