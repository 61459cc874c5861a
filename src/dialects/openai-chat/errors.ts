import type { GatewayError } from '../../core/errors.ts';
import { errorBody } from '../openai-errors.ts';

/** The last frame of a stream that failed: no `[DONE]` follows, so no client takes it for whole. */
export const writeStreamError = (error: GatewayError): string =>
  `data: ${JSON.stringify(errorBody(error))}\n\n`;
