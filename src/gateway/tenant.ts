import { hash } from 'node:crypto';
import type { Admitted } from '../core/exchange.ts';

/** Whose conversations these are. Who brings a key of his own shares them with nobody, whatever key of ours he has. */
export const tenantOf = ({ caller, ownKey }: Pick<Admitted, 'caller' | 'ownKey'>): string =>
  tenantNamed(caller.name, ownKey?.secret);

export const tenantNamed = (caller: string, ownKey: string | undefined): string =>
  ownKey === undefined ? caller : `${caller} ${hash('sha256', `tierwise tenant ${ownKey}`)}`;
