import { z } from 'zod';
import { readConfig } from '../../app/config.ts';
import { hasErrors } from '../../app/config-findings.ts';
import { configOption } from '../config-of.ts';
import { findingsText } from '../show-findings.ts';
import { defineCommand, option } from './command.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'Say everything that is wrong with the configuration, with lines.',
  details:
    'Nothing is started and nobody is called. Ends with 1 where there is an error; warnings alone end with 0.',
  options: {
    config: configOption,
    json: option('--json', 'Print the findings as JSON.', z.boolean().default(false)),
  },
  examples: ['tierwise check', 'tierwise check --config deploy/tierwise.yaml'],
  run: ({ options }, { environment, folder, paint, columns, print }) => {
    const { config, findings } = readConfig(options.config, { environment, folder });
    if (options.json) print(JSON.stringify(findings, null, 2));
    else if (findings.length > 0) print(findingsText(findings, paint, columns));
    else
      print(
        `${paint.green('✓')} ${config?.file ? (options.config ?? config.file) : 'No configuration file; the defaults'} ${config?.file ? 'is' : 'are'} sound.`,
      );
    return hasErrors(findings) ? 1 : 0;
  },
});
