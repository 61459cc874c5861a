import { z } from 'zod';

const escalate = z.strictObject({
  toolErrors: z.int().min(1).default(3).describe('Results of tools in a row that tell of an error.'),
  repeats: z.int().min(1).default(2).describe('How often the newest call was made before, to the letter.'),
  reasks: z.int().min(1).default(1).describe('How often the user has put the newest ask before.'),
  turns: z
    .int()
    .min(1)
    .default(5)
    .describe('Calls for which it stays up; then it comes back where all goes well and that pays.'),
});

/** How a route treats conversations that have a model already. */
export const holdSchema = z.strictObject({
  hold: z
    .boolean()
    .default(true)
    .describe(
      'Conversations stay with their model unless leaving is worth it; false decides every call anew.',
    ),
  spendCap: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      'Share of what a conversation has cost so far that moves made to save money may put at risk: what they cost at once, before they save anything.',
    ),
  escalate: z
    .union([escalate, z.literal(false)], {
      error: ({ input }) => (input === true ? 'has to be a section of keys, or false' : undefined),
    })
    .prefault({})
    .describe('When a conversation goes one tier up because it goes badly; false: never.'),
});

export type HoldConfig = z.output<typeof holdSchema>;
