import type { Decided, Holder } from '../core/exchange.ts';
import type { Heard } from './heard.ts';
import type { Listening } from './listening.ts';
import { ownItems } from './stored-going-on.ts';
import type { StoredResponses } from './stored-responses.ts';
import { tenantOf } from './tenant.ts';

/** Whether the answer has to be there later under its id. */
export const isToBeStored = ({ request, dialect }: Decided): boolean =>
  request.dialect === dialect &&
  request.state !== undefined &&
  (request.state.store || request.state.isBackground);

/**
 * After a call: where its answer is kept, however far the caller heard it (one in the background goes on without
 * him); or all of it where nobody else keeps it.
 */
export const keepResponse = (
  decided: Decided,
  { answer }: Listening,
  heard: Heard,
  holder: Holder,
  stored: StoredResponses,
): void => {
  if (!isToBeStored(decided) || heard.outcome === 'failed') return;
  const { session, goesOnFrom } = decided;
  const tenant = tenantOf(decided);
  if (!answer) {
    if (heard.upstreamId) stored.keepElsewhere(tenant, heard.upstreamId, { holder, session });
    return;
  }
  const response = heard.outcome === 'ok' ? answer() : undefined;
  if (typeof response?.id !== 'string') return;
  stored.keepHere(tenant, response.id, {
    session,
    ...(goesOnFrom && { previousId: goesOnFrom.id }),
    input: goesOnFrom?.input ?? ownItems(decided),
    response,
  });
};
