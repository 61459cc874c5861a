import type { Capabilities, Model, ModelId, PriceBand } from '../../core/model.ts';

const band = { abovePromptTokens: 0 } as PriceBand;

/** A model to write requests for; `capabilities` are what a case is about. */
export const sampleModel = (capabilities: Partial<Capabilities> = {}, name = 'gpt-test'): Model => ({
  id: `openai/${name}` as ModelId,
  provider: 'openai',
  name,
  displayName: name,
  tier: 'mid',
  tierFrom: 'config',
  prices: { bands: [band], version: 'test' },
  contextTokens: 200_000,
  maxOutputTokens: 32_000,
  capabilities: {
    input: ['text', 'image', 'pdf'],
    tools: true,
    forcedTools: true,
    structuredOutput: 'schema',
    reasoning: { type: 'none' },
    sampling: 'yes',
    stop: true,
    prefill: false,
    systemRole: 'system',
    maxTokensField: 'max_completion_tokens',
    dialects: ['openai-chat'],
    toolDialects: ['openai-chat'],
    midSystem: true,
    hasSystemPrompt: true,
    schemaWithTools: true,
    toolResultImages: true,
    fetchesImages: true,
    boundReasoning: false,
    ...capabilities,
  },
});
