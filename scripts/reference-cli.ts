import { exitCodes } from '../src/cli/cli-error.ts';
import type { Command, OptionSpec } from '../src/cli/commands/command.ts';
import { commands } from '../src/cli/commands/index.ts';
import { usageOf } from '../src/cli/program.ts';

/** docs/reference/cli.md, from the list of commands. */
export const cliPage = (): string => `# Command line

\`tierwise COMMAND --help\` says the same. From a checkout, write \`npm run tierwise -- COMMAND\`. What was
asked for goes to standard output, everything about it (warnings, progress, errors) to standard error.
Colours are used on a terminal only, and never where \`NO_COLOR\` is set.

\`--debug\` prints the stack of a failure; \`--version\` the version.

| exit code | |
| --- | --- |
${Object.entries(exitCodes)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}

${commands.map(commandText).join('\n\n')}
`;

const commandText = ({ name, summary, details, parameters, options, examples }: Command): string => {
  const usage = ['tierwise', name, ...parameters.map(usageOf)];
  const rows = [
    ...parameters.map((parameter) => `| \`${parameter.name}\` | ${cell(parameter.summary)} |`),
    ...Object.values(options).map(optionRow),
  ];
  return [
    `## ${name}`,
    summary,
    `\`\`\`sh\n${usage.join(' ')}${Object.keys(options).length > 0 ? ' [options]' : ''}\n\`\`\``,
    ...(details ? [details] : []),
    ...(rows.length > 0 ? [`| | |\n| --- | --- |\n${rows.join('\n')}`] : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join('\n')}\n\`\`\``] : []),
  ].join('\n\n');
};

const optionRow = ({ flags, summary }: OptionSpec): string => `| \`${flags}\` | ${cell(summary)} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
