import type { z } from 'zod';
import type { Terminal } from '../terminal.ts';

/** An option as commander writes it ("-p, --port <port>"), with the schema its text passes. */
export interface OptionSpec<Value = unknown> {
  readonly flags: string;
  readonly summary: string;
  readonly value: z.ZodType<Value>;
  /** May be given several times; the schema then sees a list. */
  readonly isRepeatable?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [Key in keyof Specs]: Specs[Key] extends OptionSpec<infer Value> ? Value : never;
};

export interface Parameter {
  readonly name: string;
  readonly summary: string;
  readonly isRequired: boolean;
  /** Takes all words that are left; they come as `rest`. */
  readonly isRest?: boolean;
}

/** One thing the command line can do. One file each; `index.ts` lists them. */
export interface Command {
  /** "models", "keys create". */
  readonly name: string;
  /** One line of the help. */
  readonly summary: string;
  /** What the reference page and `--help` say beyond it. */
  readonly details?: string;
  readonly parameters: readonly Parameter[];
  /** By the name commander gives them: "--upstream-port" is `upstreamPort`. */
  readonly options: OptionSpecs;
  readonly examples: readonly string[];
  /** Answers the exit code; throws CliError (or GatewayError) with what went wrong and the way out. */
  run(input: CommandInput<OptionSpecs>, terminal: Terminal): Promise<number>;
}

export interface CommandInput<Specs extends OptionSpecs> {
  readonly options: OptionsOf<Specs>;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** What a parameter that takes all words was given. */
  readonly rest: readonly string[];
}

interface CommandSpec<Specs extends OptionSpecs>
  extends Omit<Command, 'options' | 'run' | 'parameters' | 'examples'> {
  readonly options: Specs;
  readonly parameters?: readonly Parameter[];
  readonly examples?: readonly string[];
  /** Nothing answered means that all went well. */
  run(
    input: CommandInput<Specs>,
    terminal: Terminal,
  ): Promise<number | undefined> | Promise<void> | number | undefined | void;
}

export const defineCommand = <const Specs extends OptionSpecs>({
  run,
  ...spec
}: CommandSpec<Specs>): Command => ({
  parameters: [],
  examples: [],
  ...spec,
  // the program parses each option with the schema of this very spec
  run: async (input, terminal) => (await run(input as CommandInput<Specs>, terminal)) ?? 0,
});

export const option = <Value>(
  flags: string,
  summary: string,
  value: z.ZodType<Value>,
  more: { readonly isRepeatable?: boolean } = {},
): OptionSpec<Value> => ({ flags, summary, value, ...more });
