import { GatewayError } from '../core/errors.ts';
import { blotOut } from '../providers/secrets.ts';

/** Upstreams quote what they were asked with: a key must get neither to the caller nor into the ledger. */
export const withoutSecret = (error: GatewayError, secret: string | undefined): GatewayError => {
  const message = blotOut(error.message, secret);
  if (message === error.message) return error;
  const { code, upstream, retryAfterMs } = error;
  return new GatewayError(code, message, {
    ...(upstream && { upstream: { ...upstream, message: blotOut(upstream.message, secret) } }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
};
