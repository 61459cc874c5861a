import { defineCondition } from './condition.ts';
import { range, rangeTest } from './range.ts';

export const tokens = defineCondition({
  type: 'tokens',
  summary: 'Estimated tokens of the whole prompt: instructions, turns, tools and pictures.',
  config: range.describe('`{ min: 1000, max: 8000 }`, either of them alone too.'),
  compile: (config) => {
    const holds = rangeTest(config);
    return ({ promptTokens }) => holds(promptTokens);
  },
});

export const askTokens = defineCondition({
  type: 'askTokens',
  summary: 'Estimated tokens of the newest ask alone.',
  config: range.describe('`{ max: 200 }`'),
  compile: (config) => {
    const holds = rangeTest(config);
    return (subject) => holds(subject.askTokens);
  },
});

export const turns = defineCondition({
  type: 'turns',
  summary: 'How often the user has spoken in this conversation; tool results do not count.',
  config: range.describe('`{ max: 1 }` is the first ask.'),
  compile: (config) => {
    const holds = rangeTest(config);
    return (subject) => holds(subject.turns);
  },
});

export const asks = defineCondition({
  type: 'asks',
  summary: 'Questions or numbered jobs put in the newest ask.',
  config: range.describe('`{ min: 3 }`'),
  compile: (config) => {
    const holds = rangeTest(config);
    return ({ askCount }) => holds(askCount);
  },
});
