import { GatewayError } from '../../core/errors.ts';

/** Refuses what a Gemini upstream cannot be told; `what` goes on from the name of the field. */
export const cannotSay = (
  param: string,
  what: string,
  wayOut = 'Leave it out, or ask for a model of the dialect you write in',
): never => {
  throw new GatewayError(
    'not-translatable',
    `\`${param}\` ${what}, which the chosen model cannot be told (it speaks Gemini's own API). ${wayOut}.`,
    { param },
  );
};
