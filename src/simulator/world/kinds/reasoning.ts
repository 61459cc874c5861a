import type { Random } from '../../chance.ts';
import { lastNumber, lastOf } from '../checks.ts';
import { defineKind } from '../task.ts';
import { people, scaled, systems } from '../words.ts';

export const seating = defineKind({
  name: 'seating',
  category: 'reasoning',
  matrixTier: 'frontier',
  weight: 4,
  hardShare: 0.82,
  simple: [0.34, 0.58],
  style: 'essay',
  make: (random, size) => {
    const count = scaled(size, 4, 6);
    const guests = random.some(people, count);
    const order = random.some(guests, count);
    const clues = cluesFor(random, order);
    const seat = random.whole(0, count - 1);
    const where = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'][seat] ?? '';
    const ask = random.pick([
      `${guests.join(', ')} stand in a queue, one behind the other.\n${clues.map(({ text }) => `- ${text}`).join('\n')}\nWho is ${where}? Think it through and end with the name.`,
      `A puzzle. There are ${count} runners: ${guests.join(', ')}. ${clues.map(({ text }) => text).join(' ')} Who came in ${where}? The name shall be your last word.`,
      `Given: ${clues.map(({ text }) => text).join(' ')} These are all the facts about the order of ${guests.join(', ')}. Deduce who is ${where} and finish with that name.`,
    ]);
    const name = order[seat] ?? '';
    return {
      ask,
      right: `That leaves only one order, and ${where} is ${name}`,
      wrongs: guests
        .filter((guest) => guest !== name)
        .map((guest) => `That leaves one order, and ${where} is ${guest}`),
      check: (answer) => lastOf(answer, guests) === name,
    };
  },
});

interface Clue {
  readonly text: string;
  holds(order: readonly string[]): boolean;
}

/** Clues that leave one order, none of them needless. */
const cluesFor = (random: Random, order: readonly string[]): readonly Clue[] => {
  const all = permutations(order);
  let clues: Clue[] = [];
  const isUnique = (using: readonly Clue[]): boolean =>
    all.filter((each) => using.every(({ holds }) => holds(each))).length === 1;
  while (!isUnique(clues)) clues = [...clues, clueOf(random, order)];
  for (const clue of clues) {
    const fewer = clues.filter((each) => each !== clue);
    if (isUnique(fewer)) clues = fewer;
  }
  return clues;
};

const clueOf = (random: Random, order: readonly string[]): Clue => {
  const [one = '', two = ''] = random.some(order, 2);
  const at = (list: readonly string[], name: string): number => list.indexOf(name);
  const gap = at(order, two) - at(order, one);
  if (gap === 1)
    return {
      text: `${one} is directly before ${two}.`,
      holds: (list) => at(list, two) - at(list, one) === 1,
    };
  if (gap > 0 && random.happens(0.7))
    return { text: `${one} is somewhere before ${two}.`, holds: (list) => at(list, one) < at(list, two) };
  if (Math.abs(gap) > 1)
    return {
      text: `${one} and ${two} are not next to each other.`,
      holds: (list) => Math.abs(at(list, one) - at(list, two)) > 1,
    };
  const isEnd = at(order, one) === 0 || at(order, one) === order.length - 1;
  return isEnd
    ? {
        text: `${one} is at one of the ends.`,
        holds: (list) => at(list, one) === 0 || at(list, one) === list.length - 1,
      }
    : {
        text: `${one} is not at either end.`,
        holds: (list) => at(list, one) > 0 && at(list, one) < list.length - 1,
      };
};

const permutations = (items: readonly string[]): readonly (readonly string[])[] =>
  items.length <= 1
    ? [items]
    : items.flatMap((item) =>
        permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
      );

export const criticalPath = defineKind({
  name: 'critical-path',
  category: 'reasoning',
  matrixTier: 'frontier',
  weight: 4,
  hardShare: 0.78,
  simple: [0.34, 0.58],
  style: 'essay',
  make: (random, size) => {
    const jobs = random.some(systems, scaled(size, 4, 9)).map((name, at, names) => ({
      name,
      days: random.whole(1, 12),
      after: at === 0 ? [] : random.some(names.slice(0, at), random.whole(1, Math.min(at, 2))),
    }));
    const ends = new Map<string, number>();
    for (const { name, days, after } of jobs)
      ends.set(name, days + Math.max(0, ...after.map((other) => ends.get(other) ?? 0)));
    const value = Math.max(...ends.values());
    const serial = jobs.reduce((sum, { days }) => sum + days, 0);
    const facts = jobs.map(({ name, days, after }) =>
      after.length === 0
        ? `${name} takes ${days} days`
        : `${name} takes ${days} days and needs ${after.join(' and ')}`,
    );
    const ask = random.pick([
      `A migration has these parts, and any number of people can work in parallel:\n${facts.map((fact) => `- ${fact}`).join('\n')}\nWhat is the shortest time in days until everything is done? Show the reasoning, number last.`,
      `${facts.join('. ')}. With unlimited staff, after how many days can we launch at the earliest? End with the number of days.`,
    ]);
    return {
      ask,
      right: `The longest chain decides: ${value}`,
      wrongs: [
        `Added up along the plan: ${serial === value ? value + 1 : serial}`,
        `The longest chain decides: ${value + random.whole(1, 4)}`,
      ],
      check: (answer) => lastNumber(answer) === value,
    };
  },
});
