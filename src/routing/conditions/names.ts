import { z } from 'zod';
import { anyGlobTest } from '../../kit/glob.ts';
import { defineCondition, type Subject } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

const globs = oneOrMany(z.string().min(1)).describe('A name or a list of them; `*` stands for anything.');

const globCondition = (type: string, summary: string, read: (subject: Subject) => string) =>
  defineCondition({
    type,
    summary,
    config: globs,
    compile: (patterns) => {
      const fits = anyGlobTest(listOf(patterns));
      return (subject) => fits(read(subject));
    },
  });

export const caller = globCondition(
  'caller',
  'Who asks: the name of the gateway key.',
  (subject) => subject.caller,
);

export const agent = globCondition(
  'agent',
  "The agent inside a client, where the client says it (`x-tierwise-agent`, Claude Code's agent id).",
  (subject) => subject.agent,
);

export const asked = globCondition(
  'asked',
  'What the caller put in the field `model`: the route, tier or model name it asked for.',
  (subject) => subject.asked,
);

export const dialect = globCondition(
  'dialect',
  'The wire protocol the caller speaks: `openai-chat` or `anthropic-messages`.',
  (subject) => subject.dialect,
);
