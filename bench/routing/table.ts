import type { TextColumn } from '../../src/kit/text-table.ts';
import type { SourceName } from './data.ts';

/** One table of routing quality: what it measures, on which sources, and how. */
export interface BenchTable {
  /** For --only. */
  readonly name: string;
  readonly title: string;
  /** In plain words: how it is measured. */
  readonly protocol: string;
  readonly sources: readonly SourceName[];
  measure(options: BenchOptions): Promise<Measured> | Measured;
}

export interface BenchOptions {
  readonly seed: number;
  readonly resamples: number;
  /** Small: fewer splits and draws, wider intervals. */
  readonly isQuick: boolean;
  /** A step of the table is done, of so many. */
  readonly progress: (done: number, of: number) => void;
}

export interface Measured {
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly aims: readonly Aim[];
}

/** Something the project set out to reach, and whether it did. */
export interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly measured: string;
  readonly isMet: boolean;
}
