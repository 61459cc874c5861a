import type { GatewayError } from '../core/errors.ts';
import type { Decided } from '../core/exchange.ts';
import type { Credential } from '../providers/provider.ts';
import type { Carried } from './carry.ts';
import { refusesThoughts } from './carry-refused.ts';
import { type Prepared, prepare, type Target } from './target.ts';

/** A request as one model gets it. */
export interface Ready {
  readonly target: Target;
  readonly decided: Decided;
  readonly carried: Carried;
  readonly prepared: Prepared;
}

/** … by one of its provider's credentials. */
export interface Tried extends Ready {
  readonly credential: Credential;
}

/**
 * An answer that does not fit goes back to its model, with what is wrong with it; a request whose reasoning was
 * refused goes without. Undefined where nothing can be done.
 */
export const mendedBy = (error: GatewayError, tried: Tried): Tried | undefined => {
  const { carried, target } = tried;
  try {
    if (error.code === 'unfit-answer') {
      const request = carried.repair?.again();
      const decided = { ...tried.decided, isRewritten: true };
      if (!request) return undefined;
      const told = { ...carried, request };
      return { ...tried, carried: told, prepared: prepare(decided, target, told) };
    }
    const bare = refusesThoughts(error) ? carried.withoutThoughts() : undefined;
    return bare && { ...tried, carried: bare, prepared: prepare(tried.decided, target, bare) };
  } catch {
    // what cannot be said is no better: the failure itself is told
    return undefined;
  }
};
