import type { Capabilities, Model, ModelId, PriceBand, Reasoning } from '../../core/model.ts';

const band = { abovePromptTokens: 0 } as PriceBand;

const adaptive = {
  type: 'adaptive',
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  canTurnOff: true,
  takesBudget: false,
} as const;

/** Kinds of Claude models there are, after WIRE 13.2. */
const kinds: Readonly<Record<string, { readonly max: number } & Partial<Capabilities>>> = {
  'haiku-4-5': {
    max: 64_000,
    reasoning: { type: 'budget', minTokens: 1024, maxTokens: 63_999 },
    prefill: true,
  },
  'sonnet-4-6': {
    max: 128_000,
    reasoning: { ...adaptive, takesBudget: true },
    sampling: 'when-not-reasoning',
  },
  'sonnet-5': { max: 128_000, reasoning: adaptive, sampling: 'no', midSystem: false },
  'opus-5-5': {
    max: 128_000,
    reasoning: { ...adaptive, canTurnOff: false },
    sampling: 'no',
    forcedTools: false,
    midSystem: true,
  },
  'haiku-3': { max: 4_096, reasoning: { type: 'none' }, structuredOutput: 'none', prefill: true },
};

/** A model to write requests for; `capabilities` are what a case is about. */
export const sampleModel = (kind = 'haiku-4-5', capabilities: Partial<Capabilities> = {}): Model => {
  const { max = 64_000, ...known } = kinds[kind] ?? {};
  const reasoning: Reasoning = { type: 'none' };
  return {
    id: `anthropic/claude-${kind}` as ModelId,
    provider: 'anthropic',
    name: `claude-${kind}`,
    displayName: kind,
    tier: 'mid',
    tierFrom: 'config',
    prices: { bands: [band], version: 'test' },
    contextTokens: 200_000,
    maxOutputTokens: max,
    capabilities: {
      input: ['text', 'image', 'pdf'],
      tools: true,
      forcedTools: true,
      structuredOutput: 'schema',
      reasoning,
      sampling: 'yes',
      stop: true,
      prefill: false,
      systemRole: 'system',
      maxTokensField: 'max_tokens',
      dialects: ['anthropic-messages'],
      toolDialects: ['anthropic-messages'],
      midSystem: false,
      hasSystemPrompt: true,
      schemaWithTools: true,
      toolResultImages: true,
      fetchesImages: true,
      boundReasoning: false,
      ...known,
      ...capabilities,
    },
  };
};
