import { lastNumber, says } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, functionName, scaled, systems } from '../words.ts';

interface Step {
  readonly words: string;
  readonly code: string;
  run(list: readonly number[]): readonly number[];
}

export const listPipeline = defineKind({
  name: 'list-pipeline',
  category: 'coding',
  matrixTier: 'mid',
  weight: 7,
  hardShare: 0.22,
  simple: [0.18, 0.52],
  style: 'explained',
  make: (random, size) => {
    const name = functionName(random);
    const factor = random.whole(2, 6);
    const least = random.whole(3, 9);
    const pool: readonly Step[] = [
      {
        words: `drop everything below ${least}`,
        code: `.filter((n) => n >= ${least})`,
        run: (list) => list.filter((n) => n >= least),
      },
      {
        words: 'keep each number only once',
        code: '.filter((n, at, all) => all.indexOf(n) === at)',
        run: (list) => [...new Set(list)],
      },
      {
        words: `multiply by ${factor}`,
        code: `.map((n) => n * ${factor})`,
        run: (list) => list.map((n) => n * factor),
      },
      { words: 'skip the first one', code: '.slice(1)', run: (list) => list.slice(1) },
      {
        words: 'add its position, counted from one, to each',
        code: '.map((n, at) => n + at + 1)',
        run: (list) => list.map((n, at) => n + at + 1),
      },
      {
        words: 'keep the even ones',
        code: '.filter((n) => n % 2 === 0)',
        run: (list) => list.filter((n) => n % 2 === 0),
      },
    ];
    const steps = random.some(pool, scaled(size, 2, 5));
    const list = Array.from({ length: scaled(size, 5, 10) }, () => random.whole(1, 20));
    const total = (using: readonly Step[]): number =>
      using.reduce((now: readonly number[], { run }) => run(now), list).reduce((sum, n) => sum + n, 0);
    const value = total(steps);
    const code = fenced(
      `function ${name}(numbers) {\n  return numbers${steps.map((step) => `\n    ${step.code}`).join('')}\n    .reduce((sum, n) => sum + n, 0);\n}`,
      'js',
    );
    const words = steps.map((step, at) => `${at + 1}. ${step.words}`).join('\n');
    const ask = random.pick([
      `Write a JavaScript function ${name}(numbers) that does this in order and returns the sum:\n${words}\nEnd with what it returns for [${list.join(', ')}].`,
      `I need a helper for the ${random.pick(systems)} module: ${name}. It takes a list of numbers and, in this order, shall ${steps.map((step) => step.words).join(', then ')}; finally it adds up what is left. Show the code and, as the last thing, its result for [${list.join(', ')}].`,
      `Implement ${name}:\n${words}\n${steps.length + 1}. return the sum\n\nExample input [${list.join(', ')}]: put the expected output at the very end of your answer.`,
    ]);
    const off = total(steps.slice(0, -1));
    return {
      ask,
      right: `${code}\n\nFor the given list it returns ${value}`,
      wrongs: [
        `${code}\n\nFor the given list it returns ${off === value ? value + factor : off}`,
        `${code}\n\nFor the given list it returns ${value + least}`,
      ],
      check: (answer) => lastNumber(answer) === value && says(answer, name),
    };
  },
});
