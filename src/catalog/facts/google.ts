import type { Capabilities } from '../../core/model.ts';
import { effortsBetween, type Maker } from './family.ts';

const home: Partial<Capabilities> = {
  dialects: ['gemini'],
  toolDialects: ['gemini'],
  structuredOutput: 'schema',
  midSystem: false,
};

const budget = (minTokens: number, maxTokens: number): Partial<Capabilities> => ({
  reasoning: { type: 'budget', minTokens, maxTokens },
});

export const google: Maker = {
  vendor: 'google',
  dialects: ['gemini'],
  families: [
    { name: /^gemma/, home: { ...home, structuredOutput: 'json' } },
    { name: /^gemini-2-5-pro/, home: { ...home, ...budget(128, 32_768) } },
    { name: /^gemini-2-5-flash/, home: { ...home, ...budget(0, 24_576) } },
    { name: /^gemini-(?:1|2-0)/, home: { ...home, reasoning: { type: 'none' } } },
    {
      name: /^gemini-4-hydrogen/,
      home: { ...home, reasoning: { type: 'effort', efforts: effortsBetween('low', 'xhigh') } },
    },
    // 3 and later, and what is not known: levels; the lower ones are not on every model
    {
      name: /^gemini/,
      home: { ...home, reasoning: { type: 'effort', efforts: effortsBetween('low', 'high') } },
    },
  ],
};
