import type { ChatRequest } from '../core/chat.ts';

/** Why answers to a request cannot sensibly be judged before they go out; undefined where they can. */
export const whyUnjudged = (request: ChatRequest): string | undefined => {
  const { turns, choices, state } = request;
  const last = turns.at(-1);
  if (last?.role === 'assistant') return 'its answer is begun already';
  if (choices > 1) return 'it wants several answers';
  if (wantsSound(request)) return 'it wants sound or pictures';
  if (state?.isBackground) return 'it is answered in the background';
  // whoever keeps the conversation would keep the answer that is passed over, too
  if (state?.conversation !== undefined) return 'its vendor keeps the conversation';
  return undefined;
};

/** As Chat says it, and as Gemini does. */
const wantsSound = ({ extras }: ChatRequest): boolean =>
  [extras.modalities, extras['generationConfig.responseModalities']].some(
    (list) =>
      Array.isArray(list) && list.some((one) => typeof one === 'string' && one.toLowerCase() !== 'text'),
  );
