import { readPins } from '../../sessions/history.ts';
import { stayOf } from '../../sessions/portability.ts';
import { defineGate } from './gate.ts';

/** A conversation whose parts lie with one provider stays there (`docs/reference/portability.md`). */
export const continuity = defineGate({
  name: 'continuity',
  isPassing: false,
  check: ({ provider }, { request, session, holder }) => {
    if (holder && holder.provider !== provider)
      return `the conversation goes on from a response that "${holder.provider}" keeps`;
    return session && session.provider !== provider
      ? stayOf(readPins(request), provider, session)
      : undefined;
  },
});
