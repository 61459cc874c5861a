import type { AnswerTest } from './decision.ts';

/** Who asks. Without configured keys every caller is the same local one. */
export interface Caller {
  readonly name: string;
  /** Routes and models the key may use; undefined means all. */
  readonly routes?: readonly string[];
  readonly models?: readonly string[];
}

export const localCaller: Caller = { name: 'local' };

/** What callers say of a request beside its body: `x-tierwise-*` headers and clients' session ids. */
export interface RequestTags {
  /** From `x-tierwise-tags: a, b` or `k=v` pairs. */
  readonly tags: Readonly<Record<string, string>>;
  readonly session?: string;
  readonly agent?: string;
  /** What the client's own header says the call is for: "subagent", "compaction", "auxiliary" … */
  readonly purpose?: string;
  readonly isStrict: boolean;
  /** From `x-tierwise-tests`: what an answer has to pass where the route judges answers. */
  readonly tests?: readonly AnswerTest[];
}
