import type { Rejected } from '../core/decision.ts';
import { GatewayError } from '../core/errors.ts';
import type { Question, RouteParts } from './route-parts.ts';

/** What a caller is told where no model can serve: the reason that covers all of them, and the way out. */
export const nobodyLeft = (
  rejected: readonly Rejected[],
  { features }: Question,
  { waitMs = () => usualWaitMs }: RouteParts,
): GatewayError => {
  const told = rejected.slice(0, mostTold).map(({ model, why }) => `${model}: ${why}`);
  const rest = rejected.length > mostTold ? ` (and ${rejected.length - mostTold} more)` : '';
  const reasons = `${told.join('; ')}${rest}`;
  if (rejected.length === 0)
    return new GatewayError(
      'no-capable-model',
      'The route has no models; name some under "tiers" or "providers".',
    );
  if (rejected.some(({ gate }) => gate === 'thread'))
    return new GatewayError(
      'thread-unsupported',
      'The conversation is kept by its vendor, and a routed request may go to another: send the whole conversation, or ask for a model of that vendor by its name.',
      { param: 'thread' },
    );
  if (rejected.every(({ gate }) => gate === 'allowed'))
    return new GatewayError(
      'forbidden',
      `The key may use none of the models this request could go to: ${rejected
        .map(({ model }) => model)
        .slice(0, mostTold)
        .join(', ')}.`,
      { param: 'model' },
    );
  const unwell = rejected.filter(({ gate }) => gate === 'health');
  if (unwell.length > 0)
    return new GatewayError('no-healthy-model', `No model can be asked just now. ${reasons}.`, {
      retryAfterMs: Math.min(...unwell.map(({ model }) => waitMs(model))),
    });
  if (rejected.every(({ gate }) => gate === 'context'))
    return new GatewayError(
      'context-too-long',
      `prompt is too long: about ${features.promptTokens} tokens. ${reasons}.`,
    );
  return new GatewayError('no-capable-model', `No model of the route can serve this request. ${reasons}.`);
};

const mostTold = 6;

const usualWaitMs = 10_000;
