import { pairedBootstrap } from '../../src/kit/statistics.ts';
import { always, type LineUp, lineUp, ours, perAsk, perCall, stayingPut } from './agent-policies.ts';
import { drawSession, play, type SessionOutcome, type SimulatedPolicy } from './agent-simulation.ts';
import { type AgentWorkload, agentWorkload } from './agent-workload.ts';
import { left, percent, right } from './figures.ts';
import type { Aim, BenchTable, Measured } from './table.ts';

const lineUps: Readonly<Record<string, LineUp>> = {
  'Opus 4.6, Sonnet 4.6, Haiku 4.5': lineUp({
    frontier: 'claude-opus-4-6',
    mid: 'claude-sonnet-4-6',
    light: 'claude-haiku-4-5',
  }),
  'Opus 5.5, Sonnet 5.5, Haiku 5.5': lineUp({
    frontier: 'claude-opus-5-5',
    mid: 'claude-sonnet-5-5',
    light: 'claude-haiku-5-5',
  }),
};

/** Whether it pays to move coding agents' conversations between models, cache and all. */
export const agentSessionsTable = (): BenchTable => ({
  name: 'agent-sessions',
  title: 'Simulated sessions of coding agents',
  protocol:
    'Sessions are put together from recorded stretches of coding agents’ calls (prompt growth, answers, pauses) and priced call by call at catalogue prices with caches that live five minutes. Success is simulated: difficulties are even, the tiers solve 56, 67 and 76 % of asks; a predictor sees the difficulty with a noise of 0.15; most failures show as errors of tools and lead to a second ask. All policies see the same luck. Recorded answer lengths are those of a stream’s beginning and so too short; that holds for all policies alike.',
  sources: [],
  measure: ({ seed, resamples, isQuick, progress }) => {
    const workload = agentWorkload();
    if (!workload)
      return {
        ...{ columns: [left('')], rows: [], aims: [] },
        notes: ['skipped: the recorded calls of coding agents are not there'],
      };
    return measured(workload, { seed, resamples, count: isQuick ? 100 : 400, progress });
  },
});

interface Parts {
  readonly seed: number;
  readonly resamples: number;
  readonly count: number;
  readonly progress: (done: number, of: number) => void;
}

const measured = (workload: AgentWorkload, { seed, resamples, count, progress }: Parts): Measured => {
  const random = randomOf(seed);
  const sessions = Array.from({ length: count }, () => drawSession(workload, random));
  const rows: string[][] = [];
  const aims: Aim[] = [];
  const done = Object.entries(lineUps);
  for (const [at, [name, models]] of done.entries()) {
    const policies: readonly SimulatedPolicy[] = [
      always('always frontier', models.frontier),
      always('always mid', models.mid),
      always('always light', models.light),
      perCall(models),
      perAsk(models),
      stayingPut(models),
      ours(models),
      ours(models, 'ours, never going up', { escalate: false }),
      ours(models, 'ours, without a cap', { spendCap: 1 }),
    ];
    const figures = policies.map((policy) => {
      const outcomes = sessions.map((session) => play(session, policy));
      return { policy: policy.name, ...figuresOf(outcomes, resamples, seed) };
    });
    for (const figure of figures) rows.push([name, ...figureRow(figure)]);
    rows.push([name, ...mixRow(figures)]);
    aims.push(aimOf(name, figures));
    progress(at + 1, done.length);
  }
  return {
    columns: [
      left('models'),
      left('policy'),
      right('$ a session (95 %)'),
      right('asks solved (95 %)'),
      right('$ an ask solved'),
      right('switches a session'),
    ],
    rows,
    notes: [
      `${count} sessions from ${workload.calls} recorded calls in ${workload.sessions} sessions; intervals are over sessions`,
    ],
    aims,
  };
};

type Figures = ReturnType<typeof figuresOf> & { readonly policy: string };

const figuresOf = (outcomes: readonly SessionOutcome[], resamples: number, seed: number) => {
  const column = (read: (outcome: SessionOutcome) => number) => Float64Array.from(outcomes, read);
  return pairedBootstrap(
    [
      column(({ costUsd }) => costUsd),
      column(({ solved }) => solved),
      column(({ asks }) => asks),
      column(({ switches }) => switches),
    ],
    ([cost = 0, solved = 0, asks = 1, switches = 0]) => ({
      cost,
      success: solved / asks,
      each: cost / solved,
      switches,
    }),
    { random: randomOf(seed + 1), resamples },
  );
};

const figureRow = ({ policy, cost, success, each, switches }: Figures): string[] => [
  policy,
  `${cost.value.toFixed(2)} (${cost.low.toFixed(2)} to ${cost.high.toFixed(2)})`,
  `${percent(success.value)} (${percent(success.low)} to ${percent(success.high)})`,
  each.value.toFixed(2),
  switches.value.toFixed(1),
];

/** The control: sessions drawn to go to mid or frontier so that they cost as much as ours do. */
const mixRow = (figures: readonly Figures[]): string[] => {
  const of = (name: string): Figures => figures.find(({ policy }) => policy === name) as Figures;
  const [low, high, own] = [of('always mid'), of('always frontier'), of('ours').cost.value];
  const share = Math.max(0, Math.min(1, (own - low.cost.value) / (high.cost.value - low.cost.value)));
  const success = low.success.value + share * (high.success.value - low.success.value);
  return ['random mix of mid and frontier, as dear as ours', own.toFixed(2), percent(success), '', '0.0'];
};

/** Nobody who solves as much is cheaper. */
const aimOf = (name: string, figures: readonly Figures[]): Aim => {
  const own = figures.find(({ policy }) => policy === 'ours') as Figures;
  const rivals = figures.filter(
    ({ policy, success }) => !policy.startsWith('ours') && success.value >= own.success.value,
  );
  const cheapest = rivals.toSorted((a, b) => a.cost.value - b.cost.value)[0];
  return {
    what: `agent sessions, ${name}`,
    aim: 'lowest cost among policies of at least equal success',
    measured: cheapest
      ? `$${own.cost.value.toFixed(2)}; the cheapest of them, ${cheapest.policy}, $${cheapest.cost.value.toFixed(2)}`
      : `$${own.cost.value.toFixed(2)}; nobody else solves as much`,
    isMet: !cheapest || own.cost.value <= cheapest.cost.value,
  };
};

/** The same numbers in every run (mulberry32). */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
