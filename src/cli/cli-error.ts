/** What went wrong on the command line, in words for its user, and the way out. */
export class CliError extends Error {
  readonly wayOut: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    { wayOut, exitCode = 1, cause }: { wayOut?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.wayOut = wayOut;
    this.exitCode = exitCode;
  }
}

/** What the process ends with. */
export const exitCodes = {
  0: 'All went well.',
  1: 'It failed, or `check` found errors; standard error says why.',
  2: 'The command line itself is wrong: an unknown command or option, a value that cannot be.',
  130: 'Interrupted by Ctrl-C.',
} as const;
