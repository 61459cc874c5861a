import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packedLines } from './packed-lines.ts';

/**
 * How many of the conversations of coding agents that had n calls came to 2n: prints what `agentsDoubling` in
 * `src/sessions/lengths.ts` says. Calls that only sum up a conversation are none of their own.
 */
const file = join(import.meta.dirname, '../../shared/data/workload/coding_agent_calls.jsonl.gz');

if (!existsSync(file)) console.log('There are no recorded calls here: nothing was measured.');
else {
  const counts = new Map<string, number>();
  for (const { session } of packedLines<{ readonly session: string }>(file))
    if (!session.includes('compact')) counts.set(session, (counts.get(session) ?? 0) + 1);
  const lengths = [...counts.values()];
  let had = 0;
  let doubled = 0;
  for (let calls = 1; lengths.some((length) => length >= calls); calls *= 2) {
    had += lengths.filter((length) => length >= calls).length;
    doubled += lengths.filter((length) => length >= 2 * calls).length;
  }
  console.log(
    `${lengths.length} conversations; ${doubled} of ${had} doublings: ${(doubled / had).toFixed(2)}`,
  );
}
