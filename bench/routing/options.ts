import { parseArgs } from 'node:util';

export interface Options {
  readonly only: readonly string[] | undefined;
  readonly isQuick: boolean;
  readonly seed: number;
  readonly isJson: boolean;
  /** Writes the reference page, too. */
  readonly writes: boolean;
}

/** Ends the process on --help and on what it does not know. */
export const readOptions = (args: string[], names: readonly string[]): Options => {
  const help = `npm run bench:routing -- [options]

  --only A,B   these tables: ${names.join(', ')}
  --quick      fewer splits, draws and pairs
  --seed N     what chance starts from (1)
  --write      writes docs/reference/routing-quality.md, too; of all tables only
  --json       every table, as JSON
`;
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        write: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const only = values.only?.split(',').map((name) => name.trim());
    const unknown = only?.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no table "${unknown}"`);
    const seed = Number(values.seed);
    if (!Number.isInteger(seed)) throw new Error(`--seed takes a whole number, not "${values.seed}"`);
    if (values.write && (only || values.quick))
      throw new Error('--write takes all tables, and not the quick ones');
    return { only, seed, isQuick: values.quick, writes: values.write, isJson: values.json };
  } catch (error) {
    process.stderr.write(`bench:routing: ${(error as Error).message}\n\n${help}`);
    process.exit(1);
  }
};
