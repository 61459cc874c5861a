import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileOf = (ledgerPath: string): string => join(ledgerPath, 'simulated-upstream.url');

/** Says in the ledger's folder where a gateway's own simulated upstream listens, for as long as it runs. */
export const announceUpstream = (ledgerPath: string, url: string | undefined): (() => void) => {
  const file = fileOf(ledgerPath);
  if (url === undefined) rmSync(file, { force: true });
  else writeFileSync(file, `${url}\n`);
  return () => rmSync(file, { force: true });
};

/** Undefined where no gateway with simulated providers writes that ledger. */
export const announcedUpstream = (ledgerPath: string): string | undefined => {
  try {
    return readFileSync(fileOf(ledgerPath), 'utf8').trim();
  } catch {
    return undefined;
  }
};
