import { CommanderError, Option, Command as Program } from 'commander';
import { GatewayError } from '../core/errors.ts';
import { CliError } from './cli-error.ts';
import type { Command, OptionSpec, Parameter } from './commands/command.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line (without node and script) and answers the exit code. Never throws. */
export const runCommandLine = async (
  words: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<number> => {
  const state = { exitCode: 0 };
  const program = programOf(commands, terminal, state);
  try {
    await program.parseAsync(words, { from: 'user' });
    return state.exitCode;
  } catch (cause) {
    // commander has said it already
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
    return tellFailure(cause, words.includes('--debug'), terminal);
  }
};

/** The commander program of all commands: what `--help` prints. */
export const programOf = (
  commands: readonly Command[],
  terminal: Terminal,
  state: { exitCode: number },
): Program => {
  const program = new Program('tierwise')
    .description(
      'Sends each LLM request to the cheapest model tier that answers it well enough, and proves what that saved.',
    )
    .version(terminal.version, '-v, --version', 'Print the version.')
    .option('--debug', 'On failure, print the stack.')
    .helpOption('-h, --help', 'Say what there is.')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
      getOutHelpWidth: () => Math.min(terminal.columns, 100),
      getErrHelpWidth: () => Math.min(terminal.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const command of commands) declare(command, program, terminal, state);
  return program;
};

const declare = (
  command: Command,
  program: Program,
  terminal: Terminal,
  state: { exitCode: number },
): void => {
  const words = command.name.split(' ');
  let parent = program;
  for (const group of words.slice(0, -1))
    parent =
      parent.commands.find((known) => known.name() === group) ??
      parent
        .command(group)
        .description(groups[group] ?? '')
        .helpCommand(false);
  const declared = parent
    .command(words.at(-1) ?? '')
    .summary(command.summary)
    .description([command.summary, command.details].filter(Boolean).join('\n\n'));
  for (const parameter of command.parameters) declared.argument(usageOf(parameter), parameter.summary);
  for (const spec of Object.values(command.options)) declared.addOption(optionOf(spec));
  if (command.examples.length > 0)
    declared.addHelpText(
      'after',
      `\nExamples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
    );
  declared.action(async (...given: unknown[]) => {
    const parameters = Object.fromEntries(
      command.parameters.flatMap(({ name, isRest }, index) =>
        isRest ? [] : [[name, given[index] as string | undefined]],
      ),
    );
    const rest = given[command.parameters.findIndex(({ isRest }) => isRest)] as string[] | undefined;
    const options = readOptions(command, declared.opts());
    state.exitCode = await command.run({ options, parameters, rest: rest ?? [] }, terminal);
  });
};

/** A parameter as the help writes it: "<file>", "[files...]". */
export const usageOf = ({ name, isRequired, isRest }: Parameter): string => {
  const word = isRest ? `${name}...` : name;
  return isRequired ? `<${word}>` : `[${word}]`;
};

const groups: Readonly<Record<string, string>> = { keys: 'Keys that callers of the gateway need.' };

const optionOf = ({ flags, summary, isRepeatable }: OptionSpec): Option => {
  const option = new Option(flags, summary);
  return isRepeatable
    ? option.argParser((text: string, soFar: string[] | undefined) => [...(soFar ?? []), text])
    : option;
};

const readOptions = (command: Command, given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(command.options).map(([name, { flags, value }]) => {
      const result = value.safeParse(given[name]);
      if (result.success) return [name, result.data];
      const [flag = flags] = /--[\w-]+/.exec(flags) ?? [];
      throw new CliError(`${flag}: ${wordsOf(result.error.issues[0])}`, {
        exitCode: 2,
        wayOut: `"tierwise ${command.name} --help" says what it takes.`,
      });
    }),
  );

const wordsOf = (
  issue:
    | { readonly code?: string; readonly message: string; readonly values?: readonly unknown[] }
    | undefined,
): string => {
  if (issue?.code === 'invalid_value' && issue.values) return `has to be one of ${issue.values.join(', ')}.`;
  return `${issue?.message.replace(/^Invalid input: /, '') ?? 'cannot be read'}.`;
};

const tellFailure = (cause: unknown, isDebug: boolean, terminal: Terminal): number => {
  const { paintTold: paint } = terminal;
  const message = cause instanceof Error ? cause.message : String(cause);
  terminal.tell(`${paint.red(paint.bold('error'))}  ${message}`);
  if (cause instanceof CliError && cause.wayOut) terminal.tell(`  ${paint.green('→')} ${cause.wayOut}`);
  const isKnown = cause instanceof CliError || cause instanceof GatewayError;
  if (isDebug && cause instanceof Error) terminal.tell(paint.dim(cause.stack ?? ''));
  else if (!isKnown)
    terminal.tell(
      `  ${paint.green('→')} Run it again with --debug to see where; if it looks like our fault, please report it.`,
    );
  return cause instanceof CliError ? cause.exitCode : 1;
};
