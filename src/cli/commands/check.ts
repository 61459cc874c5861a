import { z } from 'zod';
import { type Config, readConfig } from '../../app/config.ts';
import { hasErrors } from '../../app/config-findings.ts';
import { policyOf } from '../../app/policy-file.ts';
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
    if (config && !options.json && asksPolicy(config)) print(policyText(config));
    return hasErrors(findings) ? 1 : 0;
  },
});

/** Nobody else wants to know of it. */
const asksPolicy = ({ routes, policy, learning }: Config): boolean =>
  policy !== undefined ||
  learning !== undefined ||
  Object.values(routes).some(
    ({ strategy }) => strategy?.type === 'classifier' || strategy?.type === 'hybrid',
  );

const policyText = (config: Config): string => {
  const policy = policyOf(config)?.policy;
  return policy === undefined
    ? 'No policy is in force: routes that ask one go where "otherwise" says.'
    : `The policy in force is ${policy}.`;
};
