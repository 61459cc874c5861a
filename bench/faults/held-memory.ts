import { join } from 'node:path';
import type { GatewayProcess } from '../../e2e/support/gateway-process.ts';
import { until } from './many.ts';

/** The environment of a gateway that can be asked what it holds. */
export const tellsMemory = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'tell-memory.ts')}`,
};

/** Bytes that a gateway holds on and beside its heap, garbage left out. */
export const heldBytes = async (gateway: GatewayProcess): Promise<number> => {
  const told = (): readonly string[] =>
    [...gateway.output().matchAll(/held (\d+) bytes/g)].map(([, bytes]) => bytes ?? '');
  const before = told().length;
  process.kill(gateway.pid, 'SIGUSR2');
  if (!(await until(() => told().length > before, 20_000)))
    throw new Error('the gateway did not tell its memory');
  return Number(told().at(-1));
};
