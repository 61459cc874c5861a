import { parseArgs } from 'node:util';
import type { ContestantName } from './contestants/contestant.ts';
import { contestants } from './contestants/index.ts';
import { type WorkloadName, workloadNames } from './workloads.ts';

export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly only: readonly ContestantName[] | undefined;
  readonly workloads: readonly WorkloadName[];
  readonly isJson: boolean;
  readonly profile: string | undefined;
}

const help = `npm run bench:gateway -- [options]

  --rounds N        counted rounds, of which the table shows medians (3)
  --seconds N       length of one measurement, whole seconds (3)
  --only a,b        contestants: ${contestants.map(({ name }) => name).join(', ')}
  --workloads a,b   ${workloadNames.join(', ')}
  --json            every measurement, as JSON
  --profile FOLDER  leaves a processor profile of Tierwise there

Without options it takes about six minutes.
`;

export const readOptions = (args: string[]): Options => {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '3' },
        only: { type: 'string' },
        workloads: { type: 'string' },
        json: { type: 'boolean', default: false },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return {
      rounds: wholeNumber('rounds', values.rounds, 20),
      seconds: wholeNumber('seconds', values.seconds, 60),
      only:
        values.only === undefined
          ? undefined
          : names(
              'contestant',
              values.only,
              contestants.map(({ name }) => name),
            ),
      workloads:
        values.workloads === undefined ? workloadNames : names('workload', values.workloads, workloadNames),
      isJson: values.json,
      profile: values.profile,
    };
  } catch (error) {
    process.stderr.write(`bench:gateway: ${(error as Error).message}\n\n${help}`);
    process.exit(1);
  }
};

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${name} takes a whole number from 1 to ${most}, not "${text}"`);
};

const names = <Name extends string>(kind: string, text: string, known: readonly Name[]): Name[] =>
  text.split(',').map((name) => {
    const found = known.find((each) => each === name.trim());
    if (found === undefined) throw new Error(`there is no ${kind} "${name}"; there are ${known.join(', ')}`);
    return found;
  });
