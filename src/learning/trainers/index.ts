import type { Trainer } from '../trainer.ts';
import { hierarchical } from './hierarchical.ts';
import { length } from './length.ts';
import { prior } from './prior.ts';

/** All trainers; the first is the usual one. */
export const trainers: readonly Trainer[] = [hierarchical, length, prior];
