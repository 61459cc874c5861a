import { type BootstrapParts, type Estimate, quantile } from './statistics.ts';

/**
 * Percentile bootstrap, 95 %, over groups of rows that belong together: whole groups are drawn with
 * replacement, and `statistic` is told how often each row was drawn. Everything it reads from one draw is
 * paired. Draws on which a figure cannot be told (NaN) say nothing of it.
 */
export const groupBootstrap = <Name extends string>(
  groups: readonly string[],
  statistic: (weights: Float64Array) => Readonly<Record<Name, number>>,
  { random, resamples }: BootstrapParts,
): Readonly<Record<Name, Estimate>> => {
  const members = membersOf(groups);
  const weights = new Float64Array(groups.length).fill(1);
  const whole = statistic(weights);
  const names = Object.keys(whole) as Name[];
  const drawn = names.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample += 1) {
    weights.fill(0);
    for (let draw = 0; draw < members.length; draw += 1)
      for (const row of members[Math.floor(random() * members.length)] ?? [])
        weights[row] = (weights[row] ?? 0) + 1;
    const values = statistic(weights);
    for (const [at, name] of names.entries()) (drawn[at] as Float64Array)[resample] = values[name];
  }
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      estimateOf(
        whole[name],
        (drawn[at] as Float64Array).filter((value) => !Number.isNaN(value)),
      ),
    ]),
  ) as Record<Name, Estimate>;
};

const estimateOf = (value: number, draws: Float64Array): Estimate => ({
  value,
  low: quantile(draws, 0.025),
  high: quantile(draws, 0.975),
});

const membersOf = (groups: readonly string[]): readonly Int32Array[] => {
  const byName = new Map<string, number[]>();
  for (const [row, group] of groups.entries()) {
    const known = byName.get(group);
    if (known) known.push(row);
    else byName.set(group, [row]);
  }
  return [...byName.values()].map((rows) => Int32Array.from(rows));
};
