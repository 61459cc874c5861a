import type { Decided } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import { type NanoUsd, usdText } from '../core/money.ts';
import { switchText } from '../routing/switch-text.ts';
import type { Timing } from './timing.ts';

/** What an answer says of how it came about. Values never hold more than visible ASCII. */
export const answerHeaders = (
  { id, decision }: Decided,
  model: Model,
  warnings: readonly string[],
  cost: NanoUsd | undefined,
  timing: Timing | undefined,
): Record<string, string> => {
  const { reasons } = decision;
  const headers: Record<string, string> = {
    'x-request-id': id,
    'request-id': id,
    'x-tierwise-exchange': id,
    'x-tierwise-model': ascii(model.id),
    'x-tierwise-tier': model.tier,
    'x-tierwise-reason': ascii(reasons.length === 1 ? (reasons[0] as string) : reasons.join('; ')),
  };
  if (decision.policy !== undefined) headers['x-tierwise-policy'] = ascii(decision.policy);
  if (decision.switching) headers['x-tierwise-switch'] = ascii(switchText(decision.switching));
  if (decision.wouldBe) headers['x-tierwise-would-be'] = ascii(decision.wouldBe.model);
  if (warnings.length > 0) headers['x-tierwise-warnings'] = ascii(`dropped=${warnings.join(',')}`);
  if (cost !== undefined) headers['x-tierwise-cost'] = usdText(cost);
  if (timing) headers['server-timing'] = timing.text();
  return headers;
};

/** Of a stream that begins before it is known who answers: that stands in its trailers. `isJudged`: so do its attempts. */
export const earlyHeaders = ({ id }: Decided, isJudged = false): Record<string, string> => ({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  trailer: `x-tierwise-model, x-tierwise-tier, x-tierwise-cost${isJudged ? ', x-tierwise-attempts' : ''}`,
  'x-request-id': id,
  'request-id': id,
  'x-tierwise-exchange': id,
});

/** Who answers. */
export const modelHeaders = ({ id, tier }: Model): Record<string, string> => ({
  'x-tierwise-model': ascii(id),
  'x-tierwise-tier': tier,
});

/** Where answers were judged: all calls in turn, whose answer this is last. */
export const attemptsHeader = (before: string, { id }: Model): Record<string, string> => ({
  'x-tierwise-attempts': ascii(`${before}; ${id}: ok`),
});

const longest = 512;

/** Rule names and model names come from people: nothing of them may end a header or leave ASCII. */
export const ascii = (text: string): string => {
  const short = text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
  if (/^[\x20-\x7e]*$/.test(short)) return short;
  // half a character, as a cut may leave it, cannot be encoded
  return encodeURIComponent(short.toWellFormed()).slice(0, 3 * longest);
};
