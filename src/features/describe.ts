import type { RequestTags } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { features as plugs } from './index.ts';
import { newestAsk } from './newest-ask.ts';
import { unread } from './unread.ts';

/** What a request is like, and the newest ask in it. */
export interface Described {
  readonly features: Features;
  readonly ask: string;
}

/** What is said of a request beside its body, as far as features are read from it. */
export type Told = Pick<RequestTags, 'tags' | 'purpose'>;

/** Pure: the same request gives the same features, in serving, training and replay. */
export const describe = (request: ChatRequest, bodyBytes: number, told: Told = nothingTold): Described => {
  const { text: ask, turn: askTurn, contextTokens } = newestAsk(request);
  const view = {
    request,
    ask,
    askTurn,
    contextTokens,
    bodyBytes,
    tags: told.tags,
    purpose: told.purpose ?? '',
  };
  const features: Features = { ...unread };
  for (const plug of plugs) Object.assign(features, plug.read(view, features));
  return { features, ask };
};

const nothingTold: Told = { tags: {} };
