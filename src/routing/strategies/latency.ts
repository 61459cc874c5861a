import { z } from 'zod';
import type { ModelId } from '../../core/model.ts';
import { expectedAnswer } from '../expected-cost.ts';
import type { Speed } from '../speed.ts';
import { defineStrategy } from './strategy.ts';
import { useSchema, wishFor } from './use.ts';

export const latencyConfig = z.strictObject({
  type: z.literal('latency'),
  use: useSchema.describe('The tier, or the models, of which the fastest is asked.'),
  samples: z
    .number()
    .min(1)
    .default(10)
    .describe(
      'Answers of late that must have been measured of a model; those of ten minutes ago count half.',
    ),
  probe: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe('Share of the conversations that measure the models of which too little is known.'),
});

/** Who answers soonest, by what was measured of late. */
export const latency = defineStrategy({
  type: 'latency',
  summary: 'The fastest of a tier or list, by measured time to the first byte and per token.',
  config: latencyConfig,
  compile: ({ use, samples, probe }, { tiers, speed }) => {
    const wish = wishFor(use, tiers, 'fastest of');
    const { models, reasons } = wish;
    return ({ subject, session, sessionChance, canServe }) => {
      const tokens = expectedAnswer(subject, undefined);
      const timed: Timed[] = [];
      const unknown: ModelId[] = [];
      for (const model of models) {
        if (!canServe(model)) continue;
        const measured = speed(model);
        if (measured && measured.samples >= samples) timed.push({ model, ms: expectedMs(measured, tokens) });
        else unknown.push(model);
      }
      timed.sort((a, b) => a.ms - b.ms);
      const [fastest] = timed;
      if (!fastest) return { ...wish, reasons: [...reasons, 'nothing measured yet: in their order'] };
      const order = [...timed.map(({ model }) => model), ...unknown];
      const mayProbe = unknown.length > 0 && !session && !subject.isToolLoop;
      const probed =
        mayProbe && sessionChance < probe
          ? unknown[Math.floor((sessionChance / probe) * unknown.length)]
          : undefined;
      return probed
        ? {
            ...wish,
            models: [...new Set([probed, ...order])],
            reasons: [...reasons, `${probed} is asked to measure it`],
            propensity: probe / unknown.length,
          }
        : {
            ...wish,
            models: order,
            reasons: [...reasons, `${fastest.model}, some ${Math.round(fastest.ms)} ms for such an answer`],
            propensity: mayProbe ? 1 - probe : 1,
          };
    };
  },
});

interface Timed {
  readonly model: ModelId;
  readonly ms: number;
}

const expectedMs = ({ firstByteMs, msPerToken }: Speed, tokens: number): number =>
  firstByteMs + tokens * msPerToken;
