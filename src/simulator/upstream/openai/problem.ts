import { WireProblem } from '../wire.ts';

/** A 400 that names the field. */
export const problem = (message: string, param: string, code?: string): WireProblem =>
  new WireProblem(400, message, { param, ...(code !== undefined && { code }) });
