import type { z } from 'zod';
import type { RequestTags } from '../../core/caller.ts';
import type { Features } from '../../core/features.ts';

/** What a rule may look at: pure facts, no texts of the caller but the ask. */
export interface Subject extends Features {
  readonly ask: string;
  readonly caller: string;
  /** Model name the caller asked for. */
  readonly asked: string;
  readonly dialect: string;
  readonly tags: RequestTags['tags'];
  readonly agent: string;
  /** The clock, so that rules can be replayed. Milliseconds since 1970. */
  readonly now: number;
}

/** One kind of condition in a rule's `when:`; the key is its type: `when: { task: [coding], tokens: { max: 2000 } }`. */
export interface Condition<Config = unknown> {
  readonly type: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  readonly config: z.ZodType<Config>;
  /** Made once at load; what it returns runs on the hot path. Throws RangeError on what the schema could not see. */
  compile(config: Config): (subject: Subject) => boolean;
}

export const defineCondition = <Config>(condition: Condition<Config>): Condition<Config> => condition;
