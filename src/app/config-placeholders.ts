import { z } from 'zod';
import { tiers } from '../core/model.ts';

const use = z.union([z.string(), z.array(z.string()).min(1)]);
const when = z.strictObject({
  task: z.array(z.string()).optional(),
  tokens: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  tag: z.record(z.string(), z.string()).optional(),
  hours: z.strictObject({ from: z.string(), to: z.string(), zone: z.string().optional() }).optional(),
  cel: z.string().optional(),
});
export const strategySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('rules'),
    rules: z.array(z.strictObject({ name: z.string(), when: when.default({}), use })).default([]),
    otherwise: use.default('mid'),
  }),
]);
export const routeSchema = z.strictObject({
  mode: z.enum(['route', 'observe']).default('route'),
  strategy: strategySchema.optional(),
  tiers: z.partialRecord(z.enum(tiers), z.array(z.string()).min(1)).optional(),
  passThroughKeys: z.array(z.string()).default([]),
});
export const interceptSchema = z.strictObject({
  match: z.string().min(1),
  route: z.string().optional(),
  tier: z.enum(tiers).optional(),
  model: z.string().optional(),
});
