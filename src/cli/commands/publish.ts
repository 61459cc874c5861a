import { z } from 'zod';
import { configOption } from '../config-of.ts';
import { defineCommand, option } from './command.ts';

/** Apart from what runs with them, which is loaded only then. */
export const publishOptions = {
  config: configOption,
  rollback: option('--rollback', 'Put the policy before the one in force back.', z.boolean().default(false)),
  json: option('--json', 'Print JSON.', z.boolean().default(false)),
};

export const publish = defineCommand({
  name: 'publish',
  summary: 'Put a policy in force, or go back to the one before it.',
  details:
    'The file is checked, then put where the configuration has its policy, in one step: a running gateway takes it up within a second, between two requests. The last five are kept in the folder "policies" of the ledger. Where the gateway learns by itself, it goes out from what was published.',
  parameters: [{ name: 'file', summary: 'The policy to put in force.', isRequired: false }],
  options: publishOptions,
  examples: ['tierwise publish policy.json', 'tierwise publish --rollback'],
  run: async (input, terminal) => (await import('../learn/run-publish.ts')).runPublish(input, terminal),
});
