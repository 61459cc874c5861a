import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const bearerOf = ({ authorization }: IncomingHttpHeaders): string | undefined =>
  authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined;

/** Eight hex digits by which a credential can be told from others, and nothing more. */
export const keyFingerprint = (key: string | undefined): string =>
  key === undefined ? 'none' : createHash('sha256').update(key).digest('hex').slice(0, 8);
