import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packedLines } from '../../scripts/packed-lines.ts';

/** One recorded call: by how much its prompt is longer than the one before, its answer, and the pause before it. */
export interface CallPattern {
  readonly newTokens: number;
  readonly outputTokens: number;
  readonly gapMs: number;
}

/** What was recorded of coding agents, taken apart, so that sessions can be put together from it. */
export interface AgentWorkload {
  readonly sessions: number;
  readonly calls: number;
  /** From a word of the user to the next: its own call first, then the tool loop. */
  readonly stretches: readonly (readonly CallPattern[])[];
  /** Words of the user in a session. */
  readonly asks: readonly number[];
  /** Tokens of a first prompt: instructions and tools. */
  readonly firstPrompts: readonly number[];
  /** Pauses before a later word of the user. */
  readonly pausesMs: readonly number[];
}

interface Recorded {
  readonly session: string;
  readonly ts: string;
  readonly trigger: string;
  readonly input_tokens: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output_tokens: number;
}

const file = join(import.meta.dirname, '../../../shared/data/workload/coding_agent_calls.jsonl.gz');

/** Undefined where there is none. */
export const agentWorkload = (): AgentWorkload | undefined => {
  if (!existsSync(file)) return undefined;
  const rows = packedLines<Recorded>(file).filter(({ session }) => !session.includes('compact'));
  const sessions = [...Map.groupBy(rows, ({ session }) => session).values()];
  const apart = sessions.map(takenApart);
  // helpers have one order each: how often people speak is told by the others
  const people = sessions.filter(([first]) => !first?.session.includes('subagents'));
  return {
    sessions: sessions.length,
    calls: rows.length,
    stretches: apart.flatMap(({ stretches }) => stretches),
    asks: people.map((calls) => calls.filter(({ trigger }) => trigger === 'text').length),
    firstPrompts: people.map(([first]) => (first ? promptOf(first) : 0)),
    pausesMs: apart.flatMap(({ pausesMs }) => pausesMs),
  };
};

const promptOf = ({ input_tokens, cache_read, cache_write }: Recorded): number =>
  input_tokens + cache_read + cache_write;

const takenApart = (calls: readonly Recorded[]): { stretches: CallPattern[][]; pausesMs: number[] } => {
  const stretches: CallPattern[][] = [];
  const pausesMs: number[] = [];
  for (const [at, call] of calls.entries()) {
    const before = calls[at - 1];
    const gapMs = before ? Math.max(0, Date.parse(call.ts) - Date.parse(before.ts)) : 0;
    const isAsk = !before || call.trigger === 'text';
    if (isAsk && before) pausesMs.push(gapMs);
    // a prompt that is shorter than the one before was summed up
    const newTokens = before ? Math.max(0, promptOf(call) - promptOf(before)) : 0;
    const pattern = { newTokens, outputTokens: call.output_tokens, gapMs: isAsk ? 0 : gapMs };
    if (isAsk) stretches.push([pattern]);
    else stretches.at(-1)?.push(pattern);
  }
  return { stretches, pausesMs };
};
