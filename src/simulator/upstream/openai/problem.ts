import type { JsonObject } from '../../../core/json.ts';
import { WireProblem } from '../wire.ts';

/** A 400 that names the field. */
export const problem = (message: string, param: string, code?: string): WireProblem =>
  new WireProblem(400, message, { param, ...(code !== undefined && { code }) });

/** Refuses what an object should not have; "future_…" stands for what the maker added yesterday. */
export const checkKnown = (object: JsonObject, fields: readonly string[], path: string): void => {
  const extra = Object.keys(object).find((field) => !fields.includes(field) && !field.startsWith('future_'));
  if (extra !== undefined) throw unknown(path ? `${path}.${extra}` : extra);
};

export const unknown = (param: string): WireProblem =>
  problem(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
