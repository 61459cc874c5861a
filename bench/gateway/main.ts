import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { ContestantName, Running } from './contestants/contestant.ts';
import { NotHere } from './contestants/contestant.ts';
import { contestants } from './contestants/index.ts';
import { type Measurement, measure, startLoader } from './measure.ts';
import { readOptions } from './options.ts';
import { loadCore, type Memory, portOf, readMemory, startPinned } from './process.ts';
import { type Outcome, report } from './report.ts';
import { workloads } from './workloads.ts';
import { hasWrk } from './wrk.ts';

const options = readOptions(process.argv.slice(2));
if (Number(process.versions.node.split('.')[0]) < 24)
  fail('start it with "npm run bench:gateway": that brings Node 24');
if (process.platform !== 'linux' || spawnSync('taskset', ['-V']).error)
  fail('it needs Linux and taskset (util-linux)');
if (cpus().length < 2) fail('it needs two cores: one for the gateway, one for upstream and load');

const cache = join(import.meta.dirname, '../../node_modules/.cache/tierwise-bench');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'run-'));
const cleaning: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];

let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isStopped = true;
  });
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const outcome = await runAll();
  process.stdout.write(options.isJson ? `${JSON.stringify(outcome, undefined, 2)}\n` : report(outcome));
} catch (error) {
  say(`bench:gateway: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  for (const clean of cleaning.reverse()) await clean();
}

async function runAll(): Promise<Outcome> {
  const upstream = startPinned({
    core: loadCore,
    command: process.execPath,
    args: [join(import.meta.dirname, 'upstream.ts')],
    hasChannel: true,
  });
  cleaning.push(upstream.stop);
  const upstreamPort = await portOf(upstream);
  const loader = startLoader({ hasWrk: hasWrk(), folder });
  cleaning.push(loader.stop);

  const facts: string[] = [
    `node ${process.versions.node}, ${cpus()[0]?.model.trim()}, ledger on ${fileSystem(folder)}`,
    `JSON at 64 connections by ${loader.wrk ? 'wrk' : 'our own generator (wrk is not installed)'}, everything else by our own; ${options.rounds} rounds of ${options.seconds} s each, medians`,
  ];
  const field: { readonly name: ContestantName; readonly running: Running }[] = [];
  for (const { name, start } of contestants) {
    if (options.only && !options.only.includes(name)) continue;
    say(`starting ${name}`);
    const own = join(folder, name);
    mkdirSync(own);
    try {
      const running = await start({ upstreamPort, folder: own, cache, profile: options.profile });
      cleaning.push(running.stop);
      field.push({ name, running });
      facts.push(...running.facts.map((fact) => `${name}: ${fact}`));
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      facts.push(`${name}: sits out, ${error.message}`);
    }
    giveUpIfStopped();
  }

  const measurements: Measurement[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    // round 0 warms every code path up and is not counted
    const isWarmUp = round === 0;
    for (const workload of workloads.filter(({ name }) => options.workloads.includes(name))) {
      // nobody always comes first, or always after the same neighbour's load
      const turned = field.map((_, at) => field[(at + round) % field.length] as (typeof field)[number]);
      for (const contestant of turned) {
        giveUpIfStopped();
        const taken = await measure(
          contestant,
          workload,
          { round, seconds: isWarmUp ? 1 : options.seconds, warmUpSeconds: 0.3 },
          loader,
        );
        if (!isWarmUp) measurements.push(taken);
        say(
          `${isWarmUp ? 'warm-up' : `round ${round}/${options.rounds}`} ${workload.name} ${contestant.name}: ${taken.perSecond.toFixed(0)}/s${taken.failed ? `, ${taken.failed} failed (${taken.firstFailure})` : ''}`,
        );
      }
    }
  }

  const memory: Partial<Record<ContestantName, Memory>> = {};
  for (const { name, running } of field) {
    const pids = new Set([running.target('json').pid, running.target('stream').pid]);
    for (const pid of pids) {
      if (pid === undefined) continue;
      const read = readMemory(pid);
      // of two builds of the same contestant the smaller one is held against us
      const known = memory[name];
      if (!known || read.rssMb < known.rssMb) memory[name] = read;
    }
  }
  return { facts, measurements, memory };
}

function giveUpIfStopped(): void {
  if (isStopped) throw new Error('stopped');
}

function fileSystem(path: string): string {
  const { type } = statfsSync(path);
  const names: Readonly<Record<number, string>> = { 61267: 'ext4', 1481003842: 'xfs', 2435016766: 'btrfs' };
  if (type === 0x01021994) return 'tmpfs: no real disk, so what the fsync costs is not measured';
  return names[type] ?? `a file system of type 0x${type.toString(16)}`;
}

function fail(why: string): never {
  process.stderr.write(`bench:gateway: ${why}\n`);
  process.exit(1);
}
