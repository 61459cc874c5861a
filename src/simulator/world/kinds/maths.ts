import { lastNumber } from '../checks.ts';
import { defineKind } from '../task.ts';
import { people, products, scaled } from '../words.ts';

export const wordProblem = defineKind({
  name: 'word-problem',
  category: 'maths',
  matrixTier: 'mid',
  weight: 3,
  hardShare: 0.25,
  simple: [0.12, 0.5],
  style: 'explained',
  make: (random, size) => {
    const [person = '', other = ''] = random.some(people, 2);
    const product = random.pick(products);
    const start = random.whole(20, 200);
    const facts = [`${person} has ${start} ${product}s in stock`];
    const values = [start];
    for (let step = scaled(size, 2, 6); step > 0; step -= 1) {
      const amount = random.whole(2, 15);
      const now = values.at(-1) ?? 0;
      const [words, next] = random.pick<[string, number]>([
        [`receives ${amount} boxes of ${step + 3} ${product}s each`, now + amount * (step + 3)],
        [`sells ${Math.min(amount, now)} of them to ${other}`, now - Math.min(amount, now)],
        [`gives away all but a third of them, rounded down`, Math.floor(now / 3)],
        [`gets ${amount} back as returns`, now + amount],
      ]);
      facts.push(words);
      values.push(next);
    }
    const value = values.at(-1) ?? 0;
    const ask = random.pick([
      `${facts.join(', then ')}. How many are left? Give the number at the end.`,
      `${facts[0]}. In this order ${person} ${facts.slice(1).join(', ')}. How many ${product}s does ${person} have now? Finish with the number.`,
      `Can you work this out? ${facts.join('; ')}. Final number of ${product}s, as the last thing you say.`,
    ]);
    const before = values.at(-2) ?? 0;
    return {
      ask,
      right: `That makes ${value}`,
      wrongs: [
        `That makes ${before === value ? value + 2 : before}`,
        `That makes ${value + random.whole(1, 9)}`,
      ],
      check: (answer) => lastNumber(answer) === value,
    };
  },
});
