import { WireProblem } from '../wire.ts';

/** Anthropic names the field in the message, not beside it. */
export const refuse = (field: string, reason: string): WireProblem =>
  new WireProblem(400, field ? `${field}: ${reason}` : reason, { param: field });
