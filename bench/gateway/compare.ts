/**
 * What a change costs or gains: `node bench/gateway/compare.ts FOLDER [options]` builds this checkout,
 * starts it beside the build in FOLDER (another checkout, with its `dist`) and the bare proxy, and loads
 * them in turns. A busy machine slows all of them alike, so what counts is the ratio within a turn.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bare } from './contestants/bare.ts';
import type { Running } from './contestants/contestant.ts';
import { root, startBuild, tierwise } from './contestants/tierwise.ts';
import { measure, startLoader } from './measure.ts';
import { loadCore, portOf, readMemory, readThreadsUs, startPinned } from './process.ts';
import { median } from './statistics.ts';
import { type WorkloadName, workloads } from './workloads.ts';
import { hasWrk } from './wrk.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workload: { type: 'string', default: 'json-64' satisfies WorkloadName },
    turns: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
  },
});
const [other] = positionals;
const workload = workloads.find(({ name }) => name === values.workload);
if (other === undefined || !workload) {
  process.stderr.write(
    `node bench/gateway/compare.ts FOLDER [--workload ${workloads.map(({ name }) => name).join('|')}] [--turns 9] [--seconds 2]\n`,
  );
  process.exit(1);
}

interface Turn {
  readonly perSecond: number;
  readonly p50Ms: number;
  /** A reply's processor time: of all threads, and of the event loop alone. */
  readonly allUs: number;
  readonly loopUs: number;
}

const cache = join(root, 'node_modules/.cache/tierwise-bench');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'compare-'));
const own = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};
const cleaning: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];

try {
  const upstream = startPinned({
    core: loadCore,
    command: process.execPath,
    args: [join(import.meta.dirname, 'upstream.ts')],
    hasChannel: true,
  });
  cleaning.push(upstream.stop);
  const shared = { upstreamPort: await portOf(upstream), profile: undefined };
  const loader = startLoader({ hasWrk: hasWrk(), folder });
  cleaning.push(loader.stop);
  const field: {
    readonly name: 'bare' | 'before' | 'after';
    readonly running: Running;
    readonly turns: Turn[];
  }[] = [];
  const enter = (name: 'bare' | 'before' | 'after', running: Running): void => {
    cleaning.push(running.stop);
    field.push({ name, running, turns: [] });
  };
  enter('bare', await bare.start({ ...shared, folder: '', cache }));
  enter('before', await startBuild(resolve(other), { ...shared, folder: own('before') }));
  enter('after', await tierwise.start({ ...shared, folder: own('after'), cache }));
  for (let round = 0; round <= Number(values.turns); round++)
    for (let at = 0; at < field.length; at++) {
      const entry = field[(at + round) % field.length];
      const pid = entry?.running.target(workload.reply).pid;
      if (!entry || pid === undefined) continue;
      const seconds = round === 0 ? 4 : Number(values.seconds);
      const options = { round, seconds, warmUpSeconds: 0.3 };
      let begin = readThreadsUs(pid);
      const measured = await measure(
        { name: 'tierwise', running: entry.running },
        workload,
        options,
        loader,
        () => {
          begin = readThreadsUs(pid);
        },
      );
      const end = readThreadsUs(pid);
      if (round === 0) continue;
      entry.turns.push({
        perSecond: measured.perSecond,
        p50Ms: measured.p50Ms,
        allUs: (end.all - begin.all) / measured.completed,
        loopUs: (end.main - begin.main) / measured.completed,
      });
    }
  for (const { name, running, turns } of field) {
    const of = (pick: (turn: Turn) => number): number => median(turns.map(pick));
    const { rssMb } = readMemory(running.target(workload.reply).pid ?? 0);
    process.stdout.write(
      `${name.padEnd(7)} ${of(({ perSecond }) => perSecond)
        .toFixed(0)
        .padStart(6)}/s  p50 ${of(({ p50Ms }) => p50Ms).toFixed(3)} ms  ` +
        `${of(({ allUs }) => allUs)
          .toFixed(1)
          .padStart(6)} µs in all, ${of(({ loopUs }) => loopUs)
          .toFixed(1)
          .padStart(6)} on the loop  ${rssMb.toFixed(0)} MB\n`,
    );
  }
  const [, before, after] = field;
  const ratio = (pick: (turn: Turn) => number): string =>
    median((after?.turns ?? []).map((turn, at) => pick(turn) / pick(before?.turns[at] as Turn))).toFixed(3);
  process.stdout.write(
    `after / before, median of the turns: requests ${ratio(({ perSecond }) => perSecond)}, processor ${ratio(({ allUs }) => allUs)}, loop ${ratio(({ loopUs }) => loopUs)}\n`,
  );
} finally {
  for (const clean of cleaning.reverse()) await clean();
}
