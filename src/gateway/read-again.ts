import { GatewayError } from '../core/errors.ts';
import type { Admitted } from '../core/exchange.ts';
import type { DialectName } from '../core/model.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { parseBody } from './json-body.ts';

/** The same request with a body that says more. */
export const readAgain = (
  admitted: Admitted,
  changed: Buffer,
  dialects: ReadonlyMap<DialectName, Dialect>,
): Admitted => {
  const { bytes, scan, body } = parseBody(changed);
  const read = dialects.get(admitted.request.dialect)?.readRequest(body);
  if (!read) throw new GatewayError('internal', `Nobody reads ${admitted.request.dialect}.`);
  // what a header said of it stands in no body
  const request = { ...read, reasoning: admitted.request.reasoning };
  return { ...admitted, bytes, scan, request };
};
