import type { Capabilities } from '../../core/model.ts';
import { effortsBetween, type Maker } from './family.ts';

/** As 3 and later are. Only some take pictures by any address, so all are sent the data. */
const home: Partial<Capabilities> = {
  dialects: ['gemini'],
  toolDialects: ['gemini'],
  structuredOutput: 'schema',
  midSystem: false,
  fetchesImages: false,
};

const before3: Partial<Capabilities> = { ...home, schemaWithTools: false, toolResultImages: false };

const budget = (minTokens: number, maxTokens: number): Partial<Capabilities> => ({
  reasoning: { type: 'budget', minTokens, maxTokens },
});

export const google: Maker = {
  vendor: 'google',
  dialects: ['gemini'],
  families: [
    { name: /^gemma/, home: { ...before3, structuredOutput: 'json', hasSystemPrompt: false } },
    { name: /^gemini-2-5-pro/, home: { ...before3, ...budget(128, 32_768) } },
    { name: /^gemini-2-5/, home: { ...before3, ...budget(0, 24_576) } },
    { name: /^gemini-(?:1|2-0)/, home: { ...before3, reasoning: { type: 'none' } } },
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
