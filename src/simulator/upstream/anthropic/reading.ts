import type { SimulatedModel } from '../../simulated-model.ts';
import type { PromptBuilder } from '../prompt.ts';
import type { CacheMarks } from './cache-marks.ts';
import type { PrefixDigest } from './signature.ts';

/** What grows while a prompt is read, from its tools to its newest turn. */
export interface Reading {
  readonly prompt: PromptBuilder;
  readonly marks: CacheMarks;
  readonly prefix: PrefixDigest;
  readonly model: SimulatedModel;
  readonly organisation: string;
  readonly endUser: string;
  readonly version: string;
  readonly hasTools: boolean;
  /** Instructions in the middle may change the effort from there on; legal with a beta header. */
  readonly takesTurnControl: boolean;
  /** Calls of the turn before that have no result yet. */
  readonly open: Set<string>;
}
