import { z } from 'zod';
import { defineCondition } from './condition.ts';
import { range, rangeTest } from './range.ts';

export const tools = defineCondition({
  type: 'tools',
  summary: 'Tools the request brings, and whether the model is in the middle of using them.',
  config: z
    .union([
      z.boolean(),
      z.strictObject({
        count: range.optional().describe('How many tools are declared.'),
        forced: z.boolean().optional().describe('Whether a call is demanded.'),
        loop: z.boolean().optional().describe('Whether the newest turn brings tool results.'),
        depth: range.optional().describe('Calls since the user last spoke.'),
        hosted: z.boolean().optional().describe('Whether some are run by the vendor.'),
      }),
    ])
    .describe('`true`, `false`, or `{ count, forced, loop, depth, hosted }`, of which all named must hold.'),
  compile: (config) => {
    if (typeof config === 'boolean') return ({ hasTools }) => hasTools === config;
    const { forced, loop, hosted } = config;
    const countHolds = rangeTest(config.count ?? {});
    const depthHolds = rangeTest(config.depth ?? {});
    return ({ toolCount, isToolForced, isToolLoop, toolDepth, hasHostedTools }) =>
      countHolds(toolCount) &&
      depthHolds(toolDepth) &&
      (forced === undefined || forced === isToolForced) &&
      (loop === undefined || loop === isToolLoop) &&
      (hosted === undefined || hosted === hasHostedTools);
  },
});
