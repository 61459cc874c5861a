import type { Capabilities } from '../../core/model.ts';
import { effortsBetween, type Family, type Maker } from './family.ts';

const home: Partial<Capabilities> = {
  dialects: ['anthropic-messages'],
  toolDialects: ['anthropic-messages'],
  structuredOutput: 'schema',
  prefill: false,
  midSystem: false,
};

interface Thinking {
  readonly canTurnOff: boolean;
  readonly takesBudget?: boolean;
  /** Before Opus 4.7 there was no xhigh. */
  readonly hasXhigh?: boolean;
}

const adaptive = ({ canTurnOff, takesBudget = false, hasXhigh = true }: Thinking): Partial<Capabilities> => ({
  reasoning: {
    type: 'adaptive',
    efforts: effortsBetween('low', 'max').filter((effort) => hasXhigh || effort !== 'xhigh'),
    canTurnOff,
    takesBudget,
  },
});

/** Budgets must stay below the answer's limit: 64 K, 32 K on Opus 4.1 and older. */
const budget = (maxTokens: number): Partial<Capabilities> => ({
  reasoning: { type: 'budget', minTokens: 1024, maxTokens },
});

const alwaysThinks = adaptive({ canTurnOff: false });
const mayThink = adaptive({ canTurnOff: true });

/** As the newest are, which is also what an unknown Claude is taken for. */
const newest = {
  name: /^claude/,
  model: { forcedTools: false, sampling: 'no' },
  home: { ...home, ...alwaysThinks, midSystem: true, boundReasoning: true },
} satisfies Family;

/** Their thoughts stand by themselves: what was said before them may change. */
const unbound: Partial<Capabilities> = { ...newest.home, boundReasoning: false };

export const anthropic: Maker = {
  vendor: 'anthropic',
  dialects: ['anthropic-messages'],
  families: [
    { name: /haiku-5-5/, model: { sampling: 'no' }, home: { ...unbound, ...mayThink } },
    { name: /sonnet-5-5/, model: newest.model, home: unbound },
    { name: /(?:fable|mythos)-5(?!-\d)/, model: { sampling: 'no' }, home: unbound },
    // off only at efforts up to high
    { name: /opus-5(?!-\d)/, model: { sampling: 'no' }, home: { ...unbound, ...mayThink } },
    { name: /sonnet-5(?!-\d)|opus-4-[78]/, model: { sampling: 'no' }, home: { ...home, ...mayThink } },
    {
      name: /(?:opus|sonnet)-4-6/,
      model: { sampling: 'yes' },
      home: { ...home, ...adaptive({ canTurnOff: true, takesBudget: true, hasXhigh: false }) },
    },
    {
      name: /(?:opus|sonnet|haiku)-4-5/,
      model: { sampling: 'yes' },
      home: { ...home, ...budget(63_999), prefill: true },
    },
    {
      name: /opus-4(?:-|$)/,
      model: { sampling: 'yes' },
      home: { ...home, ...budget(31_999), structuredOutput: 'none', prefill: true },
    },
    {
      name: /sonnet-4(?:-|$)|claude-3-7/,
      model: { sampling: 'yes' },
      home: { ...home, ...budget(63_999), structuredOutput: 'none', prefill: true },
    },
    {
      name: /claude-(?:[12]|3|instant)/,
      model: { sampling: 'yes' },
      home: { ...home, reasoning: { type: 'none' }, structuredOutput: 'none', prefill: true },
    },
    newest,
  ],
};
