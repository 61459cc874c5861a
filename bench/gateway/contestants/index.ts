import { bare } from './bare.ts';
import type { Contestant } from './contestant.ts';
import { direct } from './direct.ts';
import { nginx } from './nginx.ts';
import { portkey } from './portkey.ts';
import { tierwise } from './tierwise.ts';

/** In the order of the table; `bare` is the yardstick. */
export const contestants: readonly Contestant[] = [direct, nginx, bare, tierwise, portkey];
