import type { ChatRequest } from '../core/chat.ts';

/**
 * What of a request lies with the vendor that answered before, so that nobody else can be told it: the
 * field, and what it says. Whoever knows the missing part puts it in and takes the mark off first.
 */
export const keptElsewhere = ({
  state,
}: ChatRequest): { readonly param: string; readonly what: string } | undefined => {
  if (!state) return undefined;
  if (state.previousId !== undefined)
    return { param: 'previous_response_id', what: 'goes on from an answer that is kept elsewhere' };
  if (state.conversation !== undefined) return { param: 'conversation', what: 'is kept elsewhere' };
  if (state.hasReferences) return { param: 'input', what: 'names what is kept elsewhere' };
  return state.isBackground
    ? { param: 'background', what: 'asks for an answer to be fetched later' }
    : undefined;
};
