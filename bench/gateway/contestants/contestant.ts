import type { ReplyKind } from '../workloads.ts';

/** Something that stands between the load and the upstream. One file each. */
export interface Contestant {
  readonly name: ContestantName;
  /** Throws NotHere where this machine cannot run it. */
  start(surroundings: Surroundings): Promise<Running>;
}

export type ContestantName = 'direct' | 'nginx' | 'bare' | 'tierwise' | 'portkey';

export interface Surroundings {
  readonly upstreamPort: number;
  /** A folder of the contestant's own on a real disk, empty at the start and removed at the end. */
  readonly folder: string;
  /** Survives the run: for packages that are installed once. */
  readonly cache: string;
  /** Where Tierwise leaves a processor profile when it stops; undefined for none. */
  readonly profile: string | undefined;
}

export interface Running {
  /** Where a workload goes. Mostly the same for all; a contestant may need another build of itself for streams. */
  target(reply: ReplyKind): Target;
  readonly facts: readonly string[];
  stop(): Promise<void>;
}

export interface Target {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whose processor time and memory is read; undefined where nothing stands in between. */
  readonly pid: number | undefined;
}

/** Why a contestant sits out: said in the report, never a failure. */
export class NotHere extends Error {}
