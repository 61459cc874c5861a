import type { ExchangeId } from './exchange.ts';

/** Who says how good an answer was. */
export const signalSources = ['user', 'caller', 'owner', 'test', 'judge'] as const;
export type SignalSource = (typeof signalSources)[number];

/** What was learnt of an exchange after its answer was out. Several may come; the newest of a source holds. */
export interface Signal {
  readonly exchange: ExchangeId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: SignalSource;
  /** 0 (useless) to 1 (good enough). */
  readonly score: number;
  /** A word of the team's own: "wrong-file", "thumbs-down". */
  readonly label?: string;
  readonly comment?: string;
}
