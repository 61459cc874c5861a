import { parseArgs } from 'node:util';
import { scenarios } from './scenarios/index.ts';

export interface Options {
  readonly only: readonly string[] | undefined;
  readonly runs: number;
  readonly isFull: boolean;
  readonly seed: string;
  readonly isJson: boolean;
}

const help = `npm run faults -- [options]

  --only A9,B5   these scenarios: ${scenarios.map(({ id }) => id).join(', ')}
  --runs N       each so often; the worst counts (3)
  --quick        small counts and short times, the cheap scenarios only
  --seed TEXT    what chance starts from (1)
  --json         every figure, as JSON

Ends with 0 where every figure passes its mark.
`;

export const readOptions = (args: string[]): Options => {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        runs: { type: 'string', default: '3' },
        quick: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1 || runs > 10)
      throw new Error(`--runs takes a whole number from 1 to 10, not "${values.runs}"`);
    return {
      ...{ runs, isFull: !values.quick, seed: values.seed, isJson: values.json },
      only: values.only?.split(',').map(known),
    };
  } catch (error) {
    process.stderr.write(`faults: ${(error as Error).message}\n\n${help}`);
    process.exit(1);
  }
};

const known = (name: string): string => {
  const id = name.trim().toUpperCase();
  if (!scenarios.some((scenario) => scenario.id === id)) throw new Error(`there is no scenario "${name}"`);
  return id;
};
