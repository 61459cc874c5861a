import { type NanoUsd, usdText } from '../core/money.ts';
import type { Signal } from '../core/signal.ts';
import type { LabelledExchange } from '../ledger/signals.ts';

/** All that is kept of an exchange, for its caller: amounts in dollars as exact text, moments as ISO text. */
export const exchangeJson = ({ exchange, signals }: LabelledExchange): object => ({
  object: 'tierwise.exchange',
  ...(inDollars(exchange) as object),
  receivedAt: momentText(exchange.receivedAt),
  labels: signals.map(labelJson),
});

export const labelJson = ({ exchange: _, at, ...said }: Signal): object => ({ ...said, at: momentText(at) });

const momentText = (ms: number): string => new Date(ms).toISOString();

/** `cost: 1200n` becomes `costUsd: "0.0000012"`, at any depth: nothing else in a record is a bigint. */
const inDollars = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) =>
      typeof entry === 'bigint' ? [`${key}Usd`, usdText(entry as NanoUsd)] : [key, inDollars(entry)],
    ),
  );
};
