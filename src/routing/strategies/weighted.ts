import { z } from 'zod';
import type { ModelId } from '../../core/model.ts';
import { defineStrategy, type Wish } from './strategy.ts';
import { wishFor } from './use.ts';

export const weightedConfig = z.strictObject({
  type: z.literal('weighted'),
  weights: z
    .record(z.string().min(1), z.number().min(0))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'needs a weight above 0')
    .describe('By tier or model: `{ light: 3, openai/gpt-6-sol: 1 }` gives a quarter to the model.'),
});

/** Lots drawn once for a conversation, so that its cache and its tool loops stay whole. */
export const weighted = defineStrategy({
  type: 'weighted',
  summary: 'Shares of the conversations by weight; each conversation stays with what it drew.',
  config: weightedConfig,
  compile: ({ weights }, { tiers }) => {
    const entries = Object.entries(weights)
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]): Entry => ({ name, weight, wish: wishFor(name, tiers, 'drawn') }));
    const total = sum(entries);
    const alone = entries.length === 1;
    // where one fails the others follow, the heaviest first
    const byWeight = entries.toSorted((a, b) => b.weight - a.weight);
    const wishes = new Map(
      entries.map((entry) => [
        entry,
        {
          ...entry.wish,
          models: [...new Set([entry, ...byWeight].flatMap(({ wish }) => wish.models))],
          mayRise: alone && entry.wish.mayRise,
        },
      ]),
    );
    return ({ sessionChance, canServe }) => {
      const serving = entries.filter(({ wish }) => wish.models.some(canServe));
      const [drawn, propensity] = draw(entries, total, serving, sessionChance);
      const wish = wishes.get(drawn) as Wish;
      const share = Math.round(propensity * 1_000) / 10;
      return {
        ...wish,
        reasons: [`drawn for this conversation: ${drawn.name}, as for ${share} % of them`],
        propensity,
      };
    };
  },
});

interface Entry {
  readonly name: string;
  readonly weight: number;
  readonly wish: { readonly models: readonly ModelId[]; readonly mayRise: boolean } & Omit<Wish, 'settle'>;
}

/**
 * Who is drawn that cannot serve is put aside, and lots are drawn again with what is left of the same
 * chance: so nobody changes whose own model still serves. Each that serves is drawn by its weight among
 * those that do, however many were put aside.
 */
const draw = (
  entries: readonly Entry[],
  total: number,
  serving: readonly Entry[],
  chance: number,
): readonly [Entry, number] => {
  const all = sum(serving);
  let [left, rest, at] = [entries, total, chance];
  for (;;) {
    const [drawn, within] = pick(left, rest, at);
    if (serving.includes(drawn)) return [drawn, drawn.weight / all];
    // nobody serves: the gates will tell why
    if (serving.length === 0) return [drawn, drawn.weight / total];
    left = left.filter((entry) => entry !== drawn);
    rest = sum(left);
    at = within;
  }
};

/** An entry by its weight, and where in its own stretch the chance fell: again uniform in [0, 1). */
const pick = (entries: readonly Entry[], total: number, chance: number): readonly [Entry, number] => {
  let point = chance * total;
  for (const entry of entries) {
    if (point < entry.weight) return [entry, point / entry.weight];
    point -= entry.weight;
  }
  // rounding may leave a hair beyond the last
  return [entries.at(-1) as Entry, 0.5];
};

const sum = (entries: readonly Entry[]): number => entries.reduce((all, { weight }) => all + weight, 0);
