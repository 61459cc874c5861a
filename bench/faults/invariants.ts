import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayProcess } from '../../e2e/support/gateway-process.ts';
import { ledgerIn } from '../../e2e/support/ledger.ts';
import type { Exchange } from '../../src/core/exchange.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { type Figure, none } from './scenario.ts';

const pageSize = 1000;
const patienceMs = 10_000;

/** Every exchange of a gateway, as soon as so many are settled. */
export const settledOf = async (gateway: GatewayProcess, atLeast: number): Promise<readonly Exchange[]> => {
  const reader = await ledgerIn(gateway.folder);
  try {
    for (const end = performance.now() + patienceMs; ; await pause(100)) {
      const rows = await allOf(reader);
      if (rows.length >= atLeast || performance.now() > end) return rows;
    }
  } finally {
    await reader.close();
  }
};

const allOf = async (reader: LedgerReader): Promise<readonly Exchange[]> => {
  const rows: Exchange[] = [];
  for (;;) {
    const after = rows.at(-1)?.id;
    const page = await reader.list({ limit: pageSize, ...(after !== undefined && { after }) });
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
};

/** What has to hold after every scenario: nothing of ours failed, nothing is charged twice or below nothing. */
export const invariants = async (gateways: readonly GatewayProcess[]): Promise<readonly Figure[]> => {
  let faults = 0;
  let broken = 0;
  for (const gateway of gateways) {
    faults += gateway.output().match(/"level":[56]0|Uncaught|UnhandledPromise/g)?.length ?? 0;
    const rows = await settledOf(gateway, 0);
    broken += rows.length - new Set(rows.map(({ id }) => id)).size;
    broken += rows.filter((row) => !isSound(row)).length;
  }
  return [none('faults of the gateway itself', faults), none('rows that break an invariant', broken)];
};

const isSound = ({ cost, attempts, totalMs, outcome }: Exchange): boolean => {
  const sum = attempts.reduce((total, attempt) => total + attempt.cost, 0n);
  if (cost !== sum || cost < 0n || totalMs < 0) return false;
  if (attempts.some((attempt) => attempt.cost < 0n || attempt.totalMs < 0)) return false;
  return outcome !== 'ok' || attempts.at(-1)?.outcome === 'ok';
};
