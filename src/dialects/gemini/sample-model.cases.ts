import type { Capabilities, Model, ModelId, PriceBand } from '../../core/model.ts';

const band = { abovePromptTokens: 0 } as PriceBand;

const before3 = { schemaWithTools: false, toolResultImages: false } as const;

/** Kinds of Gemini models there are, after WIRE 13.3. */
const kinds: Readonly<Record<string, { readonly name: string } & Partial<Capabilities>>> = {
  '2-flash': { name: 'gemini-2.0-flash', ...before3 },
  '2-5-flash': {
    name: 'gemini-2.5-flash',
    ...before3,
    reasoning: { type: 'budget', minTokens: 0, maxTokens: 24_576 },
  },
  '2-5-pro': {
    name: 'gemini-2.5-pro',
    ...before3,
    reasoning: { type: 'budget', minTokens: 128, maxTokens: 32_768 },
  },
  '3-flash': {
    name: 'gemini-3.6-flash',
    reasoning: { type: 'effort', efforts: ['minimal', 'low', 'medium', 'high'] },
  },
  '3-pro': {
    name: 'gemini-3.1-pro-preview',
    reasoning: { type: 'effort', efforts: ['low', 'medium', 'high'] },
  },
  '4-hydrogen': {
    name: 'gemini-4-hydrogen',
    reasoning: { type: 'effort', efforts: ['low', 'medium', 'high', 'xhigh'] },
  },
  gemma: { name: 'gemma-4-31b-it', ...before3, hasSystemPrompt: false, structuredOutput: 'json' },
};

/** A model to write requests for; `capabilities` are what a case is about. */
export const sampleModel = (kind = '3-flash', capabilities: Partial<Capabilities> = {}): Model => {
  const { name = kind, ...known } = kinds[kind] ?? {};
  return {
    id: `google/${name}` as ModelId,
    provider: 'google',
    name,
    displayName: kind,
    tier: 'mid',
    tierFrom: 'config',
    prices: { bands: [band], version: 'test' },
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    capabilities: {
      input: ['text', 'image', 'audio', 'video', 'pdf'],
      tools: true,
      forcedTools: true,
      structuredOutput: 'schema',
      reasoning: { type: 'none' },
      sampling: 'yes',
      stop: true,
      prefill: false,
      systemRole: 'system',
      maxTokensField: 'max_tokens',
      dialects: ['gemini'],
      toolDialects: ['gemini'],
      midSystem: false,
      hasSystemPrompt: true,
      schemaWithTools: true,
      toolResultImages: true,
      fetchesImages: false,
      boundReasoning: false,
      ...known,
      ...capabilities,
    },
  };
};
