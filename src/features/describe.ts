import type { RequestTags } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { features as plugs } from './index.ts';
import { newestAsk } from './newest-ask.ts';

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

/** Of what was not looked at. Every feature in one order: all requests' then have one shape in memory, which is filled and read faster. */
export const unread: Features = {
  promptTokens: 0,
  askTokens: 0,
  maxOutputTokens: null,
  turns: 0,
  toolCount: 0,
  hasTools: false,
  isToolForced: false,
  isToolLoop: false,
  toolDepth: 0,
  images: 0,
  documents: 0,
  audios: 0,
  hasHostedTools: false,
  hasCode: false,
  codeShare: 0,
  script: 'none',
  structured: 'none',
  wantsReasoning: false,
  hasPrefill: false,
  hasFileIds: false,
  askCount: 0,
  constraints: 0,
  mathShare: 0,
  contextTokens: 0,
  toolSet: '',
  toolErrors: 0,
  repeats: 0,
  reasks: 0,
  answerTokens: 0,
  isCompacted: false,
  isSubagent: false,
  task: 'unsure',
  taskConfidence: 0,
};
