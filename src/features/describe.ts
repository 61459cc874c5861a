import type { ChatRequest } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { features as plugs } from './index.ts';
import { newestAsk } from './newest-ask.ts';

/** What a request is like, and the newest ask in it. */
export interface Described {
  readonly features: Features;
  readonly ask: string;
}

/** Pure: the same request gives the same features, in serving, training and replay. */
export const describe = (request: ChatRequest, bodyBytes: number): Described => {
  const ask = newestAsk(request);
  const view = { request, ask, bodyBytes };
  const features: Partial<Features> = {};
  for (const plug of plugs) Object.assign(features, plug.read(view, features));
  return { features: features as Features, ask };
};
