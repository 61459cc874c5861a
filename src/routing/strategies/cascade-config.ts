import { z } from 'zod';
import { evidenceAgainst } from '../../core/decision.ts';
import { isRe2 } from '../../kit/re2.ts';
import { whenSchema } from '../conditions/index.ts';

const share = z.number().min(0).max(1);

const answerText = z.string().min(1).max(1000);

const answerTest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('contains'), text: answerText }),
  z.strictObject({ type: z.literal('excludes'), text: answerText }),
  z.strictObject({
    type: z.literal('matches'),
    pattern: z.string().min(1).max(200).refine(isRe2, 'is no pattern of RE2'),
  }),
]);

const acceptance = z.strictObject({
  refuse: z
    .array(z.enum(evidenceAgainst))
    .default([...evidenceAgainst])
    .describe(
      'What speaks against an answer by its own looks: `misfit` (not the JSON or schema asked for), `bad-call` (a tool that was not offered, or arguments that do not fit), `refusal`, `empty`, `truncated`. Default: all of them.',
    ),
  agreement: share
    .gt(0)
    .optional()
    .describe(
      'Of a step that asks several: so like each other their answers have to be. 1: the same number, option, JSON, code or calls; prose is compared by its words.',
    ),
  verifier: z
    .strictObject({
      model: z
        .string()
        .min(1)
        .describe('Another model than those of the step; it is never asked to judge itself.'),
      atLeast: share.default(0.7).describe('The mark, from 0 to 1, that an answer needs.'),
    })
    .optional()
    .describe('Another model reads question and answer, not knowing whose it is, and gives a mark.'),
  tests: z
    .array(answerTest)
    .max(16)
    .optional()
    .describe('Tests of the text of every answer, beside those that callers send in `x-tierwise-tests`.'),
});

const step = z.strictObject({
  ask: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(3)])
    .describe(
      'A tier (its first model that can serve) or a model; a list is asked side by side. `[light, light]`: the first two of the tier.',
    ),
  acceptIf: acceptance
    .optional()
    .describe(
      'What an answer of this step has to pass before it goes out. Default: nothing speaks against it.',
    ),
});

export type CascadeStep = z.output<typeof step>;

const checkSteps = (steps: readonly CascadeStep[], context: z.RefinementCtx): void => {
  for (const [at, { ask, acceptIf }] of steps.entries()) {
    if (!acceptIf) continue;
    const wrong = (path: readonly string[], message: string): void =>
      context.addIssue({ code: 'custom', path: [at, ...path], message });
    if (at === steps.length - 1) wrong(['acceptIf'], 'Leave this out: the last step is not judged.');
    if (acceptIf.agreement !== undefined && [ask].flat().length < 2)
      wrong(['ask'], 'has to be a list of several, for this step asks for "agreement"');
    if (acceptIf.verifier && [ask].flat().includes(acceptIf.verifier.model))
      wrong(['acceptIf', 'verifier', 'model'], 'would judge itself: name another model');
  }
};

export const cascadeConfig = z.strictObject({
  type: z.literal('cascade'),
  steps: z
    .array(step)
    .min(2)
    .max(4)
    .superRefine(checkSteps)
    .optional()
    .describe('Asked in turn; the last one is not judged. Default: light, mid, frontier.'),
  when: whenSchema
    .optional()
    .describe('Requests that begin at the first step; others go straight to the last. Default: all.'),
  skipBelow: share
    .default(0.5)
    .describe(
      'A step that the policy gives less chance of success is skipped. Needs a policy that knows its models.',
    ),
  evidence: z
    .number()
    .min(0)
    .default(30)
    .describe('Outcomes of requests like this one that must be known of a model before its step is skipped.'),
});
