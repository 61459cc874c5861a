import type { GatewayError } from '../core/errors.ts';

/**
 * Whether a vendor refused the reasoning in a request (WIRE 3.4, 4.4, 5.4): another account may have made it, or a
 * client changed the words before it. Vendors' words change; a wrong guess costs one call that is refused again.
 */
export const refusesThoughts = ({ code, upstream }: GatewayError): boolean =>
  code === 'upstream-refused' &&
  upstream !== undefined &&
  (upstream.vendorCode === 'invalid_encrypted_content' || aboutThoughts.test(upstream.message));

const aboutThoughts = /signature|thinking|encrypted|reasoning item/i;
