import { once } from 'node:events';
import { join } from 'node:path';
import type { ContestantName, Running } from './contestants/contestant.ts';
import type { LoadJob, LoadResult } from './load.ts';
import { chatPath } from './probe.ts';
import { loadCore, readCpuMs, startPinned } from './process.ts';
import { requestBody, type Workload, type WorkloadName } from './workloads.ts';
import { makeLoadWithWrk } from './wrk.ts';

/** One contestant under one workload, once. */
export interface Measurement {
  readonly contestant: ContestantName;
  readonly workload: WorkloadName;
  readonly round: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstByteP50Ms: number;
  /** Of the gateway's processes, for one request or one stream; undefined where nothing stands in between. */
  readonly cpuMsPerReply: number | undefined;
  readonly parts: Readonly<Record<string, number>>;
  readonly completed: number;
  readonly failed: number;
  readonly firstFailure?: string;
}

/** Makes load on the load's core. Lives through the whole bench, so that its code is warm. */
export interface Loader {
  own(job: LoadJob): Promise<LoadResult>;
  wrk: ((job: LoadJob) => Promise<LoadResult>) | undefined;
  stop(): Promise<void>;
}

export const startLoader = (options: { readonly hasWrk: boolean; readonly folder: string }): Loader => {
  const started = startPinned({
    core: loadCore,
    command: process.execPath,
    args: [join(import.meta.dirname, 'load-process.ts')],
    hasChannel: true,
  });
  return {
    own: async (job) => {
      const settled = new AbortController();
      const { signal } = settled;
      const gone = once(started.child, 'exit', { signal }).then(() => {
        throw new Error(`the load generator ended: ${started.lastWords()}`);
      });
      const answer = once(started.child, 'message', { signal });
      started.child.send(job);
      try {
        const [result] = await Promise.race([answer, gone]);
        return result as LoadResult;
      } finally {
        gone.catch(() => {});
        settled.abort();
      }
    },
    wrk: options.hasWrk ? (job) => makeLoadWithWrk(job, options.folder) : undefined,
    stop: started.stop,
  };
};

export interface MeasureOptions {
  readonly round: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export const measure = async (
  { name, running }: { readonly name: ContestantName; readonly running: Running },
  workload: Workload,
  { round, seconds, warmUpSeconds }: MeasureOptions,
  loader: Loader,
  onWarm: () => void = () => undefined,
): Promise<Measurement> => {
  const target = running.target(workload.reply);
  const job: LoadJob = {
    port: target.port,
    path: chatPath,
    headers: target.headers,
    body: requestBody(workload.reply).toString(),
    connections: workload.connections,
    seconds,
    leastBodyBytes: leastBodyBytes[workload.reply],
  };
  await loader.own({ ...job, seconds: warmUpSeconds });

  const isForWrk = workload.reply === 'json' && workload.connections > 1;
  const load = (isForWrk && loader.wrk) || loader.own;
  onWarm();
  const cpuBefore = target.pid === undefined ? 0 : readCpuMs(target.pid);
  const result = await load(job);
  const cpuMs = target.pid === undefined ? undefined : readCpuMs(target.pid) - cpuBefore;

  return {
    contestant: name,
    workload: workload.name,
    round,
    perSecond: result.perSecond,
    p50Ms: result.totalMs.p50,
    p99Ms: result.totalMs.p99,
    firstByteP50Ms: result.firstByteMs.p50,
    cpuMsPerReply: cpuMs === undefined ? undefined : cpuMs / result.completed,
    parts: result.parts,
    completed: result.completed,
    failed: result.failed,
    ...(result.firstFailure !== undefined && { firstFailure: result.firstFailure }),
  };
};

/** Less than this is no whole answer of the bench's upstream. */
const leastBodyBytes = { json: 700, stream: 9000, paced: 9000 };
