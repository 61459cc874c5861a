import type { GatewayError } from '../../core/errors.ts';
import { EventFrames } from './event-frames.ts';
import { writeFailure } from './response.ts';
import { responseId } from './wire.ts';

/**
 * A stream of which nobody has told anything yet: begun and failed in one, for clients take nothing for an
 * answer that was not created before. Who writes or taps a stream ends it by `writeError`.
 */
export const writeStreamError = (error: GatewayError, requestId: string): string => {
  const frames = new EventFrames();
  const response = {
    id: responseId(requestId),
    object: 'response',
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    output: [],
  };
  const failed = { ...response, status: 'failed', error: writeFailure(error) };
  return (
    frames.frame('response.created', { response }) + frames.frame('response.failed', { response: failed })
  );
};
