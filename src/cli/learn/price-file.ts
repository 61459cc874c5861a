import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { TokenPrice } from '../../learning/evaluate-pool.ts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../terminal.ts';

const dollars = z.number().nonnegative();
const prices = z.record(z.string(), z.strictObject({ input: dollars, output: dollars }));

/** Prices of a file, by recorded name. */
export const pricesFrom = (
  file: string | undefined,
  { folder }: Pick<Terminal, 'folder'>,
): Readonly<Record<string, TokenPrice>> | undefined => {
  if (file === undefined) return undefined;
  const read = prices.safeParse(contentOf(file, folder));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new CliError(
      `${file} is no file of prices: ${issue?.path.join('.') || 'file'}: ${issue?.message}.`,
      {
        wayOut: 'Write {"MODEL": {"input": 0.1, "output": 0.4}, …}, in dollars a million tokens.',
      },
    );
  }
  return Object.fromEntries(
    Object.entries(read.data).map(([model, { input, output }]) => [
      model,
      { inputUsd: input, outputUsd: output },
    ]),
  );
};

const contentOf = (file: string, folder: string): unknown => {
  try {
    return JSON.parse(readFileSync(resolve(folder, file), 'utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new CliError(`${file} is not JSON: ${cause.message}.`, { cause });
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError(
      code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`,
      {
        cause,
      },
    );
  }
};
