import type { Outlet } from '../gateway/outlet.ts';
import { type Counted, type CountParts, type CountRequest, countTokens } from './count-tokens.ts';
import { type PassThroughParts, passThrough, type SurfaceRequest } from './pass-through.ts';

/** What the gateway answers beside chat. */
export interface Surfaces {
  /** Throws GatewayError only before anything was sent. */
  answer(request: SurfaceRequest, outlet: Outlet): Promise<void>;
  /** Throws GatewayError. */
  count(request: CountRequest): Promise<Counted>;
}

export const createSurfaces = (parts: PassThroughParts & CountParts): Surfaces => ({
  answer: (request, outlet) => passThrough(request, outlet, parts),
  count: (request) => countTokens(request, parts),
});
