import type { GatewayError } from '../../core/errors.ts';
import { writeFailure } from './response.ts';
import { responseId } from './wire.ts';

/**
 * The frame that ends a stream which nobody has told anything of: who writes or taps the stream knows more
 * of it (`writeError`).
 */
export const writeStreamError = (error: GatewayError, requestId: string): string => {
  const response = {
    id: responseId(requestId),
    object: 'response',
    status: 'failed',
    error: writeFailure(error),
    incomplete_details: null,
    output: [],
  };
  const data = JSON.stringify({ type: 'response.failed', sequence_number: 0, response });
  return `event: response.failed\ndata: ${data}\n\n`;
};
