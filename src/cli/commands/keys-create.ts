import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { createKey, hashKey } from '../../access/keys.ts';
import { configFileNames, configFromText } from '../../app/config.ts';
import { findingText, hasErrors } from '../../app/config-findings.ts';
import { replaceFile } from '../../kit/replace-file.ts';
import { CliError } from '../cli-error.ts';
import { configOption } from '../config-of.ts';
import { insertKey, type KeyEntry, keyYaml } from '../insert-key.ts';
import type { Terminal } from '../terminal.ts';
import { defineCommand, option } from './command.ts';

const names = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .optional();

export const keysCreate = defineCommand({
  name: 'keys create',
  summary: 'Make a key for somebody who may use the gateway.',
  details:
    'The key is printed once, on standard output, and kept nowhere; the configuration gets its hash. As soon as there is one key, every path but health needs one.',
  parameters: [
    { name: 'name', summary: 'Who will hold it: the caller in logs, reports and rules.', isRequired: true },
  ],
  options: {
    config: configOption,
    write: option(
      '--write',
      'Insert the entry into the configuration file; comments stay.',
      z.boolean().default(false),
    ),
    routes: option('--routes <names>', 'Routes it may use, with commas between. Default: all.', names),
    models: option(
      '--models <patterns>',
      'Models it may use, with commas between, * for any ending. Default: all.',
      names,
    ),
  },
  examples: [
    'tierwise keys create research --write',
    'tierwise keys create ci --routes auto --models "openai/*"',
  ],
  run: ({ options: { config, write, routes, models }, parameters }, terminal) => {
    const name = parameters.name?.trim() ?? '';
    if (name === '' || name.length > 100)
      throw new CliError('A name has 1 to 100 characters.', { exitCode: 2 });
    const key = createKey();
    const entry: KeyEntry = {
      name,
      hash: hashKey(key),
      ...(routes && { routes }),
      ...(models && { models }),
    };
    const written = write ? writeEntry(entry, config, terminal) : undefined;
    const { print, tell, paintTold: paint } = terminal;
    if (written)
      tell(`${paint.green('✓')} ${written} has its hash; a running gateway takes it within a second.`);
    else
      tell(
        `Put this into tierwise.yaml (or run it again with --write, for another key):\n\n${keyYaml(entry)}`,
      );
    tell(`The key of "${name}", shown this once:\n`);
    print(key);
  },
});

const writeEntry = (
  entry: KeyEntry,
  config: string | undefined,
  { folder, environment, tell, paintTold: paint }: Terminal,
): string => {
  const name =
    config ??
    configFileNames.find((candidate) => existsSync(resolve(folder, candidate))) ??
    configFileNames[0];
  const path = resolve(folder, name);
  const exists = existsSync(path);
  const text = exists ? readFileSync(path, 'utf8') : '';
  const fresh = insertKey(text, entry);
  const parts = { environment, folder, file: path, shownAs: name };
  const before = configFromText(text, parts).findings;
  const added = configFromText(fresh, parts).findings.filter(
    ({ code, message }) => !before.some((known) => known.code === code && known.message === message),
  );
  if (hasErrors(added))
    throw new CliError(
      `With this key the configuration would be refused: ${findingText(added[0] as (typeof added)[number])}`,
    );
  for (const finding of added) tell(paint.yellow(findingText(finding)));
  replaceFile(exists ? realpathSync(path) : path, fresh);
  return name;
};
