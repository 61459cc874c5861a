import { z } from 'zod';
import { GatewayError } from '../core/errors.ts';
import type { ExchangeId } from '../core/exchange.ts';
import { isObject } from '../core/json.ts';
import { type Signal, type SignalSource, signalSources } from '../core/signal.ts';

/** What somebody says of an answer. */
const labelSchema = z.strictObject({
  score: z.number().min(0).max(1).optional(),
  success: z.boolean().optional(),
  rating: z.enum(['up', 'down']).optional(),
  source: z.enum(signalSources).optional(),
  label: z.string().min(1).max(64).optional(),
  comment: z.string().min(1).max(2000).optional(),
});

/** How each of the fields has to be, in words for whoever sent another. */
const wanted: Readonly<Record<string, string>> = {
  score: 'has to be a number from 0 (useless) to 1 (good enough)',
  success: 'has to be true or false',
  rating: 'has to be "up" or "down"',
  source: `has to be one of ${signalSources.map((source) => `"${source}"`).join(', ')}`,
  label: 'has to be a word or a few, up to 64 characters',
  comment: 'has to be a text of up to 2000 characters',
};

export interface LabelParts {
  readonly at: number;
  /** Who speaks where nobody says. */
  readonly source: SignalSource;
  /** Whom the sender may speak for. */
  readonly sources: readonly SignalSource[];
}

/** A signal as somebody sent it. Throws `invalid-request`, naming the field. */
export const readLabel = (
  exchange: ExchangeId,
  value: unknown,
  { at, source: usual, sources }: LabelParts,
): Signal => {
  if (!isObject(value)) throw wrong(undefined, 'A label is an object: {"score": 0.8} or {"rating": "up"}.');
  for (const name of Object.keys(value))
    if (!Object.hasOwn(wanted, name))
      throw wrong(
        name.slice(0, 64),
        `"${name.slice(0, 64)}" is no field of a label; there are ${Object.keys(wanted).join(', ')}.`,
      );
  const read = labelSchema.safeParse(value);
  if (!read.success) {
    const field = String(read.error.issues[0]?.path[0]);
    throw wrong(field, `"${field}" ${wanted[field]}.`);
  }
  const { score, success, rating, source = usual, label, comment } = read.data;
  const scores = [score, success, rating].filter((one) => one !== undefined);
  if (scores.length !== 1)
    throw wrong('score', 'Say how good the answer was in exactly one way: "score", "success" or "rating".');
  if (!sources.includes(source))
    throw wrong('source', `"source" has to be one of ${sources.map((one) => `"${one}"`).join(', ')} here.`);
  return {
    exchange,
    at,
    source,
    score: score ?? (success === true || rating === 'up' ? 1 : 0),
    ...(label !== undefined && { label }),
    ...(comment !== undefined && { comment }),
  };
};

const wrong = (param: string | undefined, message: string): GatewayError =>
  new GatewayError('invalid-request', message, param === undefined ? {} : { param });
