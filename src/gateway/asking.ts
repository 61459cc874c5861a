import type { Decided } from '../core/exchange.ts';
import type { Usage } from '../core/usage.ts';
import type { ReplyCall } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import type { HeardSoFar } from './heard.ts';
import type { Outlet } from './outlet.ts';
import type { Target } from './target.ts';

/** What an answer's headers tell of it. */
export interface ToldReply {
  readonly usage: Usage;
  readonly hasUsage: boolean;
  readonly serviceTier?: string;
}

/** Everything one call to one model needs. */
export interface Asking {
  readonly decided: Decided;
  /** Where its `caller` and `upstream` are the very same object, bytes pass. */
  readonly target: Pick<Target, 'model' | 'provider' | 'caller' | 'upstream'>;
  readonly call: UpstreamCall;
  readonly replyCall: ReplyCall;
  readonly outlet: Outlet;
  /** Headers of the answer, known once the answer is (`x-tierwise-cost`) or before (the rest). */
  headers(reply: ToldReply | undefined): Record<string, string>;
  /** Headers of a stream that begins before it is known who answers. */
  earlyHeaders(): Record<string, string>;
  /** Trailers of a stream that was heard to its end; `isEarly` where its headers could not tell who answers. */
  trailers(heard: HeardSoFar, isEarly: boolean): Record<string, string>;
  readonly egress: Egress;
  readonly world: World;
  readonly keepsText: boolean;
}
