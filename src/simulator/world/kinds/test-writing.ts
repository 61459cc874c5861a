import { defineKind } from '../task.ts';
import { fenced, functionName, scaled } from '../words.ts';

export const boundaryTests = defineKind({
  name: 'boundary-tests',
  category: 'test-writing',
  matrixTier: 'mid',
  weight: 5,
  hardShare: 0.17,
  simple: [0.15, 0.5],
  style: 'explained',
  make: (random, size) => {
    const name = functionName(random);
    const base = random.whole(2, 12);
    const steps = Array.from({ length: scaled(size, 2, 5) }, (_, at) => ({
      upTo: (at + 1) * random.whole(4, 9) + at * 20,
      fee: base + at * random.whole(2, 7),
    }));
    const beyond = (steps.at(-1)?.fee ?? base) + random.whole(5, 20);
    const fee = (weight: number): number => steps.find(({ upTo }) => weight <= upTo)?.fee ?? beyond;
    const rules = [
      ...steps.map(({ upTo, fee: cost }) => `- up to and including ${upTo} kg: ${cost}`),
      `- above that: ${beyond}`,
    ].join('\n');
    const inputs = steps.flatMap(({ upTo }) => [upTo, upTo + 1]);
    const line = (input: number, value: number): string => `expect(${name}(${input})).toBe(${value});`;
    const ask = random.pick([
      `Write unit tests for ${name}(kg), one line each in the form expect(${name}(x)).toBe(y); for these inputs: ${inputs.join(', ')}.\n\nFees:\n${rules}`,
      `The fee of a parcel is\n${rules}\n\nImplemented as ${name}(kg). Cover the boundaries ${inputs.join(', ')} with vitest assertions like expect(${name}(1)).toBe(2);`,
      `Add test cases to the suite of ${name}. Rules:\n${rules}\nInputs to cover: ${inputs.join(', ')}. Use expect(${name}(kg)).toBe(fee);`,
    ]);
    const slip = random.whole(0, inputs.length - 1);
    return {
      ask,
      right: fenced(inputs.map((input) => line(input, fee(input))).join('\n'), 'ts'),
      wrongs: [
        fenced(
          inputs.map((input, at) => line(input, at === slip ? fee(input) + 1 : fee(input))).join('\n'),
          'ts',
        ),
        fenced(
          inputs
            .slice(0, -1)
            .map((input) => line(input, fee(input)))
            .join('\n'),
          'ts',
        ),
      ],
      check: (answer) => {
        const said = answer.replace(/\s+/g, '');
        return inputs.every((input) => said.includes(`expect(${name}(${input})).toBe(${fee(input)})`));
      },
    };
  },
});
