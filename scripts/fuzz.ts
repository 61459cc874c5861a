import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Crash, createFuzzer } from '../src/dialects/fuzz/fuzz.cases.ts';
import { dialects } from '../src/dialects/index.ts';
import { createRandom } from '../src/simulator/chance.ts';

/**
 * `npm run fuzz -- --rounds 1000000 --seed 7`: mutants of all golden files at every dialect. What breaks
 * something is kept under `fuzz-crashes/`, one file each; a seed gives the same mutants again.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: `${Date.now()}` },
    most: { type: 'string', default: '20' },
  },
});
const rounds = Number(values.rounds);
const mostCrashes = Number(values.most);
const fuzzer = createFuzzer(dialects, createRandom('fuzz', Number(values.seed)));
const crashes = new Map<string, Crash>();
const startedMs = performance.now();
let done = 0;

const tellProgress = (): void => {
  const perSec = Math.round(done / ((performance.now() - startedMs) / 1000));
  const share = Math.floor((done / rounds) * 30);
  const bar = '#'.repeat(share) + '-'.repeat(30 - share);
  process.stderr.write(
    `\r[${bar}] ${done}/${rounds}, ${perSec} a second, ${crashes.size} different crashes   `,
  );
};

while (done < rounds && crashes.size < mostCrashes) {
  const crash = fuzzer.next();
  done += 1;
  if (crash) crashes.set(`${crash.dialect} ${crash.kind} ${nameOf(crash.error)}`, crash);
  if (done % 2000 === 0) tellProgress();
}
tellProgress();
process.stderr.write('\n');
if (crashes.size > 0) {
  mkdirSync('fuzz-crashes', { recursive: true });
  let number = 0;
  for (const [name, { input, error }] of crashes) {
    number += 1;
    const file = join('fuzz-crashes', `${values.seed}-${number}.txt`);
    writeFileSync(file, `${name}\n${error.stack}\n\n${input}\n`);
    console.log(`${file}: ${name}`);
  }
  process.exitCode = 1;
} else console.log(`${done} mutants with seed ${values.seed}: 0 crashes, 0 hangs, 0 told wrongly.`);

/** Two crashes are the same where they say the same at the same place. */
function nameOf(error: Error): string {
  const place = /at .*?(src\/[\w/.-]+:\d+)/.exec(error.stack ?? '')?.[1] ?? '';
  return `${error.message.replace(/\d+/g, 'N').slice(0, 120)} ${place}`;
}
