import type { ContestantName } from './contestants/contestant.ts';
import type { Measurement } from './measure.ts';
import type { Memory } from './process.ts';
import { median } from './statistics.ts';
import type { WorkloadName } from './workloads.ts';

export interface Outcome {
  readonly facts: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly memory: Readonly<Partial<Record<ContestantName, Memory>>>;
}

/** The figures as one table, what they were taken with, and how they stand to the aims. */
export const report = (outcome: Outcome): string => {
  const read = readerOf(outcome);
  const names = [...new Set(outcome.measurements.map(({ contestant }) => contestant))].sort(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  );
  const shown = columns.filter((column) => names.some((name) => Number.isFinite(column.value(read, name))));
  const rows = [
    ['', ...shown.map(({ title }) => title[0])],
    ['', ...shown.map(({ title }) => title[1])],
    ...names.map((name) => [name, ...shown.map((column) => text(column.value(read, name), column.digits))]),
  ];
  return [
    ...outcome.facts.map((fact) => `  ${fact}`),
    '',
    ...aligned(rows),
    '',
    ...partLines(read),
    ...aims.map((aim) => aimLine(aim, read)),
    ...failureLines(outcome.measurements),
    '',
  ].join('\n');
};

const order: readonly ContestantName[] = ['direct', 'nginx', 'bare', 'tierwise', 'portkey'];

type Figure = 'perSecond' | 'p50Ms' | 'p99Ms' | 'firstByteP50Ms' | 'cpuMsPerReply';

interface Reader {
  /** Median over the rounds; NaN where it was not measured. */
  (name: ContestantName, workload: WorkloadName, figure: Figure): number;
  readonly memory: Outcome['memory'];
  readonly parts: Readonly<Record<string, number>>;
}

const readerOf = ({ measurements, memory }: Outcome): Reader => {
  const read = (name: ContestantName, workload: WorkloadName, figure: Figure): number =>
    median(
      measurements
        .filter((each) => each.contestant === name && each.workload === workload)
        .map((each) => each[figure])
        .filter((value) => value !== undefined),
    );
  const told = measurements.filter((each) => each.contestant === 'tierwise' && each.workload === 'json-1');
  const partNames = new Set(told.flatMap(({ parts }) => Object.keys(parts)));
  const parts = Object.fromEntries(
    [...partNames].map((name) => [name, median(told.map((each) => each.parts[name] ?? Number.NaN))]),
  );
  return Object.assign(read, { memory, parts });
};

interface Column {
  readonly title: readonly [string, string];
  readonly digits: number;
  value(read: Reader, name: ContestantName): number;
}

const over = (read: Reader, name: ContestantName, workload: WorkloadName, figure: Figure): number =>
  name === 'direct' ? Number.NaN : read(name, workload, figure) - read('direct', workload, figure);

const columns: readonly Column[] = [
  { title: ['JSON, 1 conn', 'p50 ms'], digits: 3, value: (read, name) => read(name, 'json-1', 'p50Ms') },
  { title: ['', 'added ms'], digits: 3, value: (read, name) => over(read, name, 'json-1', 'p50Ms') },
  { title: ['JSON, 64', 'requests/s'], digits: 0, value: (read, name) => read(name, 'json-64', 'perSecond') },
  { title: ['', 'p99 ms'], digits: 1, value: (read, name) => read(name, 'json-64', 'p99Ms') },
  {
    title: ['', 'cpu us/req'],
    digits: 0,
    value: (read, name) => read(name, 'json-64', 'cpuMsPerReply') * 1000,
  },
  { title: ['', '/ bare'], digits: 2, value: (read, name) => ratio(read, name, 'bare') },
  { title: ['', '/ portkey'], digits: 1, value: (read, name) => ratio(read, name, 'portkey') },
  {
    title: ['SSE, 1', 'added 1st ms'],
    digits: 3,
    value: (read, name) => over(read, name, 'stream-1', 'firstByteP50Ms'),
  },
  { title: ['SSE, 64', 'streams/s'], digits: 0, value: (read, name) => read(name, 'stream-64', 'perSecond') },
  {
    title: ['', 'cpu us'],
    digits: 0,
    value: (read, name) => read(name, 'stream-64', 'cpuMsPerReply') * 1000,
  },
  {
    title: ['paced, 64', 'cpu us'],
    digits: 0,
    value: (read, name) => read(name, 'paced-64', 'cpuMsPerReply') * 1000,
  },
  { title: ['', '/ bare'], digits: 2, value: (read, name) => pacedCpu(read, name) },
  { title: ['RSS MB', 'after'], digits: 0, value: (read, name) => read.memory[name]?.rssMb ?? Number.NaN },
  { title: ['', 'peak'], digits: 0, value: (read, name) => read.memory[name]?.peakMb ?? Number.NaN },
];

const ratio = (read: Reader, name: ContestantName, to: ContestantName): number =>
  name === 'direct' ? Number.NaN : read(name, 'json-64', 'perSecond') / read(to, 'json-64', 'perSecond');

const pacedCpu = (read: Reader, name: ContestantName): number =>
  read(name, 'paced-64', 'cpuMsPerReply') / read('bare', 'paced-64', 'cpuMsPerReply');

interface Aim {
  readonly says: string;
  readonly digits: number;
  value(read: Reader): number;
  isMet(value: number): boolean;
}

const aims: readonly Aim[] = [
  {
    says: 'JSON requests/s at 64, of the bare Node proxy: at least 0.60',
    digits: 2,
    value: (read) => ratio(read, 'tierwise', 'bare'),
    isMet: (value) => value >= 0.6,
  },
  {
    says: 'JSON requests/s at 64, times Portkey: at least 8',
    digits: 1,
    value: (read) => ratio(read, 'tierwise', 'portkey'),
    isMet: (value) => value >= 8,
  },
  {
    says: 'CPU per stream (paced), of the bare Node proxy: at most 1.15',
    digits: 2,
    value: (read) => pacedCpu(read, 'tierwise'),
    isMet: (value) => value <= 1.15,
  },
  {
    says: 'added p50 at one connection: at most 0.6 ms',
    digits: 3,
    value: (read) => over(read, 'tierwise', 'json-1', 'p50Ms'),
    isMet: (value) => value <= 0.6,
  },
  {
    says: "memory after the run, of Portkey's: at most 0.50",
    digits: 2,
    value: ({ memory }) => (memory.tierwise?.rssMb ?? Number.NaN) / (memory.portkey?.rssMb ?? Number.NaN),
    isMet: (value) => value <= 0.5,
  },
];

const aimLine = ({ says, digits, value, isMet }: Aim, read: Reader): string => {
  const figure = value(read);
  if (!Number.isFinite(figure)) return `  not measured   ${says}`;
  return `  ${isMet(figure) ? 'met       ' : 'NOT MET   '} ${figure.toFixed(digits).padStart(6)}  ${says}`;
};

/** Where Tierwise's added time at one connection goes, by its own account; what it cannot see is the rest. */
const partLines = (read: Reader): readonly string[] => {
  const { upstream, ...own } = read.parts;
  const names = Object.keys(own);
  if (names.length === 0) return [];
  const added = over(read, 'tierwise', 'json-1', 'p50Ms');
  const known = names.reduce((sum, name) => sum + (own[name] ?? 0), 0);
  const direct = read('direct', 'json-1', 'p50Ms');
  const items = names.map((name) => `${name} ${text(own[name] ?? 0, 3)}`);
  if (upstream !== undefined && Number.isFinite(direct))
    items.push(`upstream beyond direct ${text(upstream - direct, 3)}`);
  const beyond = upstream !== undefined ? upstream - direct : 0;
  if (Number.isFinite(added)) items.push(`sockets and the rest ${text(added - known - beyond, 3)}`);
  return [`  added p50 in parts, ms: ${items.join(', ')}`, ''];
};

const failureLines = (measurements: readonly Measurement[]): readonly string[] =>
  measurements
    .filter(({ failed }) => failed > 0)
    .map(
      ({ contestant, workload, round, failed, completed, firstFailure }) =>
        `  FAILED: ${contestant}, ${workload}, round ${round}: ${failed} of ${failed + completed} (${firstFailure})`,
    );

const text = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '-';

const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
};
