import type { Decided } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import type { Usage } from '../core/usage.ts';
import type { Dialect, ReplyCall } from '../dialects/dialect.ts';
import type { World } from '../kit/world.ts';
import type { Provider } from '../providers/provider.ts';
import type { Egress, UpstreamCall } from '../providers/send.ts';
import type { HeardSoFar } from './heard.ts';
import type { Outlet } from './outlet.ts';

/** Everything one call to one model needs. */
export interface Asking {
  readonly decided: Decided;
  readonly model: Model;
  readonly provider: Provider;
  /** The caller's dialect and the upstream's; the very same object where bytes pass. */
  readonly caller: Dialect;
  readonly upstream: Dialect;
  readonly call: UpstreamCall;
  readonly replyCall: ReplyCall;
  readonly outlet: Outlet;
  /** Headers of the answer, known once the answer is (`x-tierwise-cost`) or before (the rest). */
  readonly headers: (
    reply: { readonly usage: Usage; readonly hasUsage: boolean; readonly serviceTier?: string } | undefined,
  ) => Record<string, string>;
  /** Headers of a stream that begins before it is known who answers. */
  readonly earlyHeaders: () => Record<string, string>;
  /** Trailers of a stream that was heard to its end; `isEarly` where its headers could not tell who answers. */
  readonly trailers: (heard: HeardSoFar, isEarly: boolean) => Record<string, string>;
  readonly egress: Egress;
  readonly world: World;
  readonly keepsText: boolean;
}
