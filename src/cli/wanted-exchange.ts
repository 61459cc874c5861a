import type { Exchange, ExchangeId } from '../core/exchange.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { CliError } from './cli-error.ts';

const searchedBack = 5000;

/** The exchange that somebody names by its id or the last characters of it. Throws CliError. */
export const wantedExchange = async (wanted: string, reader: LedgerReader): Promise<Exchange> => {
  const whole = await reader.get(wanted.toUpperCase() as ExchangeId);
  if (whole) return whole;
  const recent = await reader.list({ limit: searchedBack });
  const match = recent.findLast(({ id }) => id.toLowerCase().endsWith(wanted.toLowerCase()));
  const found = match && (await reader.get(match.id));
  if (found) return found;
  throw new CliError(
    `No exchange has the id "${wanted}", or one that ends in it among the newest ${searchedBack}.`,
    { wayOut: 'Give the whole id, as `x-tierwise-exchange` has it.' },
  );
};
