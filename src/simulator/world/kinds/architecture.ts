import { lastOf } from '../checks.ts';
import { defineKind } from '../task.ts';
import { scaled, systems } from '../words.ts';

interface Axis {
  readonly name: string;
  readonly unit: string;
  /** True where more is better. */
  readonly wantsMore: boolean;
  readonly range: readonly [least: number, most: number];
}

const axes: readonly Axis[] = [
  { name: 'write throughput', unit: 'writes/s', wantsMore: true, range: [400, 9000] },
  { name: 'p99 latency', unit: 'ms', wantsMore: false, range: [8, 400] },
  { name: 'monthly cost', unit: 'USD', wantsMore: false, range: [300, 9000] },
  { name: 'data lost in a crash', unit: 's of writes', wantsMore: false, range: [0, 60] },
  { name: 'regions', unit: 'regions', wantsMore: true, range: [1, 6] },
  { name: 'engineer weeks to build', unit: 'weeks', wantsMore: false, range: [2, 30] },
];

const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
const designs = [
  'event log with projections',
  'single Postgres with replicas',
  'queue and workers',
  'sharded key-value store',
  'managed stream',
  'cache in front of the old database',
  'two-phase writes over both stores',
];

export const designChoice = defineKind({
  name: 'design-choice',
  category: 'architecture',
  matrixTier: 'frontier',
  weight: 6,
  hardShare: 0.8,
  simple: [0.34, 0.58],
  style: 'essay',
  make: (random, size) => {
    const chosenAxes = random.some(axes, scaled(size, 2, 5));
    const count = scaled(size, 3, 5);
    const needs = chosenAxes.map(({ range: [least, most] }) =>
      Math.round(least + (most - least) * (0.3 + random.next() * 0.4)),
    );
    const best = random.whole(0, count - 1);
    const options = Array.from({ length: count }, (_, option) => {
      const breaks = option === best ? -1 : random.whole(0, chosenAxes.length - 1);
      return chosenAxes.map(({ wantsMore }, at) =>
        valueOn(needs[at] ?? 0, wantsMore !== (at === breaks), random.next()),
      );
    });
    const table = options
      .map((values, option) => {
        const facts = values.map((value, at) => `${chosenAxes[at]?.name} ${value} ${chosenAxes[at]?.unit}`);
        return `Option ${letters[option]} (${designs[option]}): ${facts.join(', ')}`;
      })
      .join('\n');
    const wishes = chosenAxes.map(
      ({ name, unit, wantsMore }, at) => `${name} ${wantsMore ? 'at least' : 'at most'} ${needs[at]} ${unit}`,
    );
    const [system, other] = random.some(systems, 2);
    const ask = random.pick([
      `We are designing the ${system} platform and have to pick an architecture. Requirements, all of them hard: ${wishes.join('; ')}.\n\n${table}\n\nDiscuss the trade-offs and conclude with the one option that meets everything ("Option X").`,
      `Architecture decision for ${system} and ${other}. What we cannot give up:\n${wishes.map((wish) => `- ${wish}`).join('\n')}\n\nCandidates:\n${table}\n\nWhich one holds up? Reason it through and finish with its name.`,
      `${table}\n\nThese are the proposals for moving ${system} away from ${other}. The board wants ${wishes.join(', ')}. Which should we build on for the next years, and why? Last words: "Option …".`,
    ]);
    const names = letters.slice(0, count).map((letter) => `Option ${letter}`);
    return {
      ask,
      right: `The only design that meets every requirement is ${names[best]}`,
      wrongs: names.flatMap((name, at) =>
        at === best ? [] : [`The best balance of all requirements is ${name}`],
      ),
      check: (answer) => lastOf(answer, names) === names[best],
    };
  },
});

/** A value that is above the need or not: by a little, so that every figure has to be looked at. */
const valueOn = (need: number, isAbove: boolean, chance: number): number => {
  const gap = Math.max(1, Math.round(need * (0.05 + 0.35 * chance)));
  return isAbove ? need + gap : Math.max(0, need - gap);
};
