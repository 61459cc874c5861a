import type { GatewayError } from '../core/errors.ts';
import type { ErrorClass } from '../core/reply.ts';
import type { Health, Seat } from '../providers/health.ts';
import type { Credential } from '../providers/provider.ts';

/** A call that is over, as far as it says something of who was asked. */
export interface EndedCall {
  readonly outcome: 'ok' | 'cancelled' | 'cut' | 'failed';
  readonly error?: GatewayError | undefined;
  readonly firstByteMs: number | null;
}

/** Whose key a call carried, and who could have been asked instead. */
export interface CallManner {
  readonly credentials: readonly Credential[];
  readonly isOwnKey: boolean;
  readonly isStream: boolean;
}

/** Tells how a call went to the record of who was asked. */
export const noteHealth = (
  health: Health,
  seat: Seat,
  { outcome, error, firstByteMs }: EndedCall,
  { credentials, isOwnKey, isStream }: CallManner,
): void => {
  if (outcome === 'ok') {
    health.succeeded(seat, isStream ? 'stream' : 'whole', firstByteMs ?? 0, credentials);
    return;
  }
  if (outcome === 'cancelled' || !error) {
    health.abandoned(seat);
    return;
  }
  const { code, upstream, retryAfterMs, class: sort } = error;
  // who refuses a request for what is in it is well; what is our own or the caller's fault says nothing of others
  if (code === 'upstream-refused' || code === 'context-too-long' || code === 'unfit-answer')
    health.refused(seat);
  else if (ours.has(code)) health.abandoned(seat);
  else if (isOwnKey && upstream && aboutKeys.has(upstream.class)) health.abandoned(seat);
  else
    health.failed(seat, {
      class: upstream?.class ?? sort,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
};

const ours: ReadonlySet<GatewayError['code']> = new Set([
  'internal',
  'shutting-down',
  'too-large',
  'client-gone',
]);

/** What a caller's own key brings on itself must not keep others from the model. */
const aboutKeys: ReadonlySet<ErrorClass> = new Set(['bad-key', 'forbidden', 'no-credit', 'rate-limited']);
