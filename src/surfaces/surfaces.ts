import type { Outlet } from '../gateway/outlet.ts';
import { type Counted, type CountParts, type CountRequest, countTokens } from './count-tokens.ts';
import { type PassThroughParts, passThrough, type SurfaceRequest } from './pass-through.ts';
import { answerStored, type StoredAsk, type StoredParts } from './stored-response.ts';

/** What the gateway answers beside chat. */
export interface Surfaces {
  /** Throws GatewayError only before anything was sent. */
  answer(request: SurfaceRequest, outlet: Outlet): Promise<void>;
  /** What was stored under an id. Throws GatewayError. */
  stored(ask: StoredAsk, outlet: Outlet): Promise<void>;
  /** Throws GatewayError. */
  count(request: CountRequest): Promise<Counted>;
}

export const createSurfaces = (parts: PassThroughParts & CountParts & StoredParts): Surfaces => ({
  answer: (request, outlet) => passThrough(request, outlet, parts),
  stored: (ask, outlet) => answerStored(ask, outlet, parts),
  count: (request) => countTokens(request, parts),
});
