import type { Exchange, ExchangeId } from '../core/exchange.ts';
import type { Signal, SignalSource } from '../core/signal.ts';

/** Where signals are kept beside the exchanges they are of. */
export interface SignalKeeper {
  /** Resolves once the signal survives a crash; of one source the newest holds. Rejects with `ledger-down`. */
  note(signal: Signal): Promise<void>;
}

/** Exchanges looked up one by one while requests are served: never on the event loop's own time. */
export interface ExchangeFinder {
  /** By the id of the exchange, or by the id its caller saw in the answer, of this caller's exchanges only. */
  find(id: string, caller: string): Promise<LabelledExchange | undefined>;
}

/** An exchange, and what was learnt of it since. */
export interface LabelledExchange {
  readonly exchange: Exchange;
  readonly signals: readonly Signal[];
}

/** What became of requests, to be learnt from. Blocks its thread: never on an event loop that serves. */
export interface OutcomeReader {
  /** One at a time, so that a ledger of any size can be read; begins with the exchange that was settled last. */
  newestFirst(from: number): Iterable<KeptOutcome>;
  /** How many exchanges somebody has said something of since. */
  labelledSince(at: number): number;
  close(): void;
}

export interface KeptOutcome extends LabelledExchange {
  /** What was newly asked; "" where texts are not kept (any more). */
  readonly ask: string;
}

/** Whose word counts where several have spoken, most trusted first. */
export const trust: readonly SignalSource[] = ['test', 'owner', 'judge', 'user', 'caller'];

/** The signal that counts: of the most trusted source, and of that its newest. */
export const mostTrusted = (signals: readonly Signal[]): Signal | undefined => {
  let best: Signal | undefined;
  for (const signal of signals) {
    const gain = best ? trust.indexOf(best.source) - trust.indexOf(signal.source) : 1;
    if (!best || gain > 0 || (gain === 0 && signal.at >= best.at)) best = signal;
  }
  return best;
};

/** Ids that the gateway itself gave an answer hold the exchange's: "chatcmpl-01J…", "resp_01J…", "msg_01J…". */
export const exchangeIdIn = (id: string): ExchangeId | undefined =>
  /(?:^|[-_])([0-9A-HJKMNP-TV-Z]{26})$/.exec(id)?.[1] as ExchangeId | undefined;
