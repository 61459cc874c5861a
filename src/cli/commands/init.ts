import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { configFromText } from '../../app/config.ts';
import { findingText, hasErrors } from '../../app/config-findings.ts';
import { configSchemaFile } from '../../app/config-json-schema.ts';
import { detectedKinds, isFoundByKey } from '../../app/config-resolve-providers.ts';
import { replaceFile } from '../../kit/replace-file.ts';
import { providerKinds } from '../../providers/index.ts';
import { CliError } from '../cli-error.ts';
import { type ConfigAnswers, configTemplate, schemaFileName, strategyChoices } from '../config-template.ts';
import type { Terminal } from '../terminal.ts';
import { defineCommand, option } from './command.ts';

export const init = defineCommand({
  name: 'init',
  summary: 'Ask a few questions and write a commented tierwise.yaml.',
  details: `Writes the JSON schema (${schemaFileName}) beside it, for editors. A file that is there is never written over without asking.`,
  options: {
    yes: option(
      '-y, --yes',
      'Ask nothing: take the options given, and what the environment shows.',
      z.boolean().default(false),
    ),
    file: option(
      '--file <name>',
      'The file to write. Default: tierwise.yaml.',
      z.string().default('tierwise.yaml'),
    ),
    provider: option(
      '--provider <type>',
      'A vendor to use, by its type: openai, anthropic, mistral … May be repeated. Default: those whose key is set.',
      z.array(z.enum(vendorTypes())).optional(),
      { isRepeatable: true },
    ),
    strategy: option(
      '--strategy <name>',
      `${strategyChoices.join(', ')}. Default: matrix.`,
      z.enum(strategyChoices).default('matrix'),
    ),
    observe: option(
      '--observe',
      'Decide and record only; send requests where callers asked.',
      z.boolean().default(false),
    ),
    port: option('--port <port>', 'Default: 4100.', z.coerce.number().int().min(0).max(65_535).default(4100)),
    storeTexts: option(
      '--store-texts',
      'Keep prompts and answers for seven days.',
      z.boolean().default(false),
    ),
    force: option('--force', 'Write over a file that is there.', z.boolean().default(false)),
  },
  examples: ['tierwise init', 'tierwise init --yes --observe'],
  run: async ({ options }, terminal) => {
    const path = resolve(terminal.folder, options.file);
    const isAsking = !options.yes && terminal.isInteractive;
    if (!options.yes && !terminal.isInteractive)
      throw new CliError('There is nobody to answer questions.', {
        wayOut: 'Run it in a terminal, or with --yes.',
      });
    if (existsSync(path) && !options.force) await mayReplace(options.file, isAsking);
    const defaults: ConfigAnswers = {
      vendors: options.provider ?? detectedKinds(terminal.environment).map(({ type }) => type),
      server: undefined,
      strategy: options.strategy,
      mode: options.observe ? 'observe' : 'route',
      port: options.port,
      storesTexts: options.storeTexts,
    };
    const answers = isAsking
      ? (await import('../ask-for-config.ts')).askForConfig(defaults, terminal)
      : defaults;
    const text = configTemplate(await answers);
    assertSound(text, terminal);
    replaceFile(path, text);
    const schema = join(dirname(path), schemaFileName);
    replaceFile(schema, configSchemaFile());
    const { print, paint } = terminal;
    print(`${paint.green('✓')} ${options.file} and ${basename(schema)} are written.`);
    print(`\nNext: ${paint.bold('tierwise check')}, then ${paint.bold('tierwise serve')}`);
  },
});

function vendorTypes(): readonly string[] {
  return providerKinds.filter(isFoundByKey).map(({ type }) => type);
}

const mayReplace = async (name: string, isAsking: boolean): Promise<void> => {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = isAsking
    ? await confirm({ message: `${name} is there already. Write over it?`, initialValue: false })
    : false;
  if (answer === true) return;
  throw new CliError(`${name} is there already; nothing was written.`, {
    exitCode: isCancel(answer) ? 130 : 1,
    wayOut: 'Use --force to write over it, or --file for another name.',
  });
};

/** Whatever was answered, what is written must be a configuration; keys that are still to be set do not count. */
const assertSound = (text: string, { environment, folder }: Terminal): void => {
  const filled = { ...environment };
  for (const [, variable = ''] of text.matchAll(/^ +key: \$\{(\w+)\}$/gm))
    filled[variable] ||= 'still to be set';
  const { findings } = configFromText(text, { environment: filled, folder });
  if (hasErrors(findings))
    throw new CliError(`These answers make no configuration: ${findings.map(findingText).join(' ')}`);
};
