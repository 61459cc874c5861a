import type { Random } from '../../chance.ts';
import { lastNumber } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, fields, functionName, lowerFirst, nouns, numbered, scaled } from '../words.ts';

/** Each with what a reader sees of it. */
const bugs: readonly (readonly [good: string, bad: string, why: string])[] = [
  [
    '  for (let i = 0; i < rows.length; i += 1) {',
    '  for (let i = 0; i <= rows.length; i += 1) {',
    'the loop runs one step too far',
  ],
  [
    '  if (rows.length === 0) return [];',
    '  if (rows.length = 0) return [];',
    'an assignment stands where a comparison was meant',
  ],
  [
    '  const saved = await store.save(rows);',
    '  const saved = store.save(rows);',
    'the promise is not awaited',
  ],
  [
    '  if (!options.isActive) return rows;',
    '  if (options.isActive) return rows;',
    'the condition is the wrong way round',
  ],
  [
    '  const sorted = [...rows].sort(byDate);',
    '  const sorted = rows.sort(byDate);',
    'the caller’s list is sorted in place',
  ],
  [
    '  const total = rows.reduce(add, 0);',
    '  const total = rows.reduce(add);',
    'an empty list throws for want of a first value',
  ],
];

export const reviewBug = defineKind({
  name: 'review-bug',
  category: 'code-review',
  matrixTier: 'mid',
  weight: 6,
  hardShare: 0.2,
  simple: [0.18, 0.52],
  style: 'explained',
  make: (random, size) => {
    const { code, at, why } = listing(random, size);
    const given = fenced(numbered(code), '');
    const ask = random.pick([
      `Review this function before I merge it. There is one real bug; end with the number of its line.\n${given}`,
      `Code review please. Style is fine, I care about correctness only. Which line is wrong? Finish with the line number.\n${given}`,
      `${given}\n\nPR feedback: QA says results are off. Point out the faulty line (last thing you write should be its number).`,
      `Could you look over this change and comment on the one defect in it? Conclude with its line number.\n${given}`,
    ]);
    const others = code.flatMap((_, index) => (index === at ? [] : [index + 1]));
    return {
      ask,
      right: `The defect: ${why}. Line ${at + 1}`,
      wrongs: random.some(others, 3).map((other) => `I would change how the result is built. Line ${other}`),
      check: (answer) => lastNumber(answer) === at + 1,
    };
  },
});

/** A function with one bug among lines that are right. */
const listing = (random: Random, size: number): { code: readonly string[]; at: number; why: string } => {
  const chosen = random.some(bugs, scaled(size, 2, 5));
  const bad = random.whole(0, chosen.length - 1);
  const noun = random.pick(nouns);
  const filler = random
    .some(fields, scaled(size, 2, 9) + random.whole(0, 8))
    .map((field) => `  const ${field}${noun} = rows.map((row) => row.${field}).filter(Boolean);`);
  const body: { text: string; isBug: boolean }[] = filler.map((text) => ({ text, isBug: false }));
  for (const [index, [good, faulty]] of chosen.entries())
    body.splice(random.whole(0, body.length), 0, {
      text: index === bad ? faulty : good,
      isBug: index === bad,
    });
  const code = [
    `export async function ${functionName(random)}(rows, options, store) {`,
    ...body.map(({ text }) => (text.endsWith('{') ? `${text} touch(rows[i]); }` : text)),
    `  return ${lowerFirst(noun)}Of(rows);`,
    '}',
  ];
  return { code, at: 1 + body.findIndex(({ isBug }) => isBug), why: chosen[bad]?.[2] ?? '' };
};
