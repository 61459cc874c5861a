import type { Capabilities } from '../core/model.ts';
import type { SimulatedModel, Wire } from './simulated-model.ts';

const openaiCapabilities: Capabilities = {
  input: ['text', 'image', 'pdf'],
  tools: true,
  forcedTools: true,
  structuredOutput: 'schema',
  reasoning: { type: 'none' },
  sampling: 'yes',
  stop: true,
  prefill: false,
  systemRole: 'developer',
  maxTokensField: 'max_tokens',
  dialects: ['openai-chat'],
  toolDialects: ['openai-chat'],
  midSystem: true,
  hasSystemPrompt: true,
  schemaWithTools: true,
  toolResultImages: true,
  fetchesImages: true,
  boundReasoning: false,
};

const anthropicCapabilities: Capabilities = {
  ...openaiCapabilities,
  reasoning: {
    type: 'adaptive',
    efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
    canTurnOff: true,
    takesBudget: true,
  },
  systemRole: 'system',
  dialects: ['anthropic-messages'],
  toolDialects: ['anthropic-messages'],
  midSystem: false,
};

/**
 * The models of the built-in world: two a tier, one on each wire. Prices lie where real tiers lie (of
 * three input tokens and one output token: about $0.50, $3 and $30 a million); pace after models of
 * that class measured in March 2026. What the tiers can do is an assumption of this world.
 */
export const worldModels: readonly SimulatedModel[] = [
  {
    name: 'sim-light-a',
    displayName: 'Simulated light (OpenAI wire)',
    wire: 'openai-chat',
    tier: 'light',
    prices: {
      input: '0.25',
      output: '1.25',
      cacheRead: '0.025',
      cacheWrite5m: '0.25',
      cacheWrite30m: '0.25',
      cacheWrite1h: '0.25',
    },
    skill: { ability: 0.61, blur: 0.09, lapses: 0.008, verbosity: 0.8 },
    pace: { firstTokenMs: 350, tokensPerSecond: 200 },
    contextTokens: 128_000,
    maxOutputTokens: 16_384,
    capabilities: openaiCapabilities,
    cacheWrites: 'free',
  },
  {
    name: 'sim-light-b',
    displayName: 'Simulated light (Anthropic wire)',
    wire: 'anthropic-messages',
    tier: 'light',
    prices: {
      input: '0.30',
      output: '1.50',
      cacheRead: '0.03',
      cacheWrite5m: '0.375',
      cacheWrite30m: '0.30',
      cacheWrite1h: '0.60',
    },
    skill: { ability: 0.62, blur: 0.09, lapses: 0.008, verbosity: 0.9 },
    pace: { firstTokenMs: 450, tokensPerSecond: 140 },
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    capabilities: { ...anthropicCapabilities, prefill: true },
    cacheWrites: 'explicit',
  },
  {
    name: 'sim-mid-a',
    displayName: 'Simulated mid (OpenAI wire)',
    wire: 'openai-chat',
    tier: 'mid',
    prices: {
      input: '1.5',
      output: '7.5',
      cacheRead: '0.15',
      cacheWrite5m: '1.5',
      cacheWrite30m: '1.5',
      cacheWrite1h: '1.5',
    },
    skill: { ability: 0.76, blur: 0.09, lapses: 0.007, verbosity: 1 },
    pace: { firstTokenMs: 600, tokensPerSecond: 110 },
    contextTokens: 200_000,
    maxOutputTokens: 32_768,
    capabilities: openaiCapabilities,
    cacheWrites: 'free',
  },
  {
    name: 'sim-mid-b',
    displayName: 'Simulated mid (Anthropic wire)',
    wire: 'anthropic-messages',
    tier: 'mid',
    prices: {
      input: '1.6',
      output: '8',
      cacheRead: '0.16',
      cacheWrite5m: '2',
      cacheWrite30m: '1.6',
      cacheWrite1h: '3.2',
    },
    skill: { ability: 0.77, blur: 0.09, lapses: 0.007, verbosity: 1.1 },
    pace: { firstTokenMs: 700, tokensPerSecond: 120 },
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    capabilities: anthropicCapabilities,
    cacheWrites: 'explicit',
  },
  {
    name: 'sim-frontier-a',
    displayName: 'Simulated frontier (OpenAI wire)',
    wire: 'openai-chat',
    tier: 'frontier',
    prices: {
      input: '15',
      output: '75',
      cacheRead: '1.5',
      cacheWrite5m: '15',
      cacheWrite30m: '18.75',
      cacheWrite1h: '15',
    },
    skill: { ability: 1.25, blur: 0.12, lapses: 0.006, verbosity: 1.2 },
    pace: { firstTokenMs: 1200, tokensPerSecond: 60 },
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    capabilities: {
      ...openaiCapabilities,
      reasoning: { type: 'effort', efforts: ['none', 'low', 'medium', 'high', 'max'] },
      sampling: 'no',
      maxTokensField: 'max_completion_tokens',
    },
    cacheWrites: '30m',
  },
  {
    name: 'sim-frontier-b',
    displayName: 'Simulated frontier (Anthropic wire)',
    wire: 'anthropic-messages',
    tier: 'frontier',
    prices: {
      input: '16',
      output: '80',
      cacheRead: '1.6',
      cacheWrite5m: '20',
      cacheWrite30m: '16',
      cacheWrite1h: '32',
    },
    skill: { ability: 1.27, blur: 0.12, lapses: 0.006, verbosity: 1.3 },
    pace: { firstTokenMs: 1100, tokensPerSecond: 75 },
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    capabilities: {
      ...anthropicCapabilities,
      reasoning: {
        type: 'adaptive',
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        canTurnOff: true,
        takesBudget: false,
      },
      forcedTools: false,
      sampling: 'no',
      midSystem: true,
    },
    cacheWrites: 'explicit',
  },
];

/** As its sibling of the same tier, on another wire. */
const twin = (
  name: string,
  like: string,
  wire: Wire,
  maker: string,
  { reasoning, ...changes }: Partial<SimulatedModel> & Pick<Capabilities, 'reasoning'>,
): SimulatedModel => {
  const model = worldModels.find((each) => each.name === like) as SimulatedModel;
  return {
    ...model,
    name,
    displayName: `Simulated ${model.tier} (${maker} wire)`,
    wire,
    capabilities: {
      ...model.capabilities,
      reasoning,
      stop: wire === 'gemini',
      midSystem: wire !== 'gemini',
      maxTokensField: 'max_tokens',
      dialects: [wire],
      toolDialects: [wire],
    },
    ...changes,
  };
};

const effort: Capabilities['reasoning'] = { type: 'effort', efforts: ['none', 'low', 'medium', 'high'] };
const level: Capabilities['reasoning'] = { type: 'effort', efforts: ['low', 'medium', 'high'] };
const none: Capabilities['reasoning'] = { type: 'none' };

/** Those of the built-in world, and their like on the two younger wires. */
export const allWorldModels: readonly SimulatedModel[] = [
  ...worldModels,
  twin('sim-light-c', 'sim-light-a', 'openai-responses', 'Responses', { reasoning: none }),
  twin('sim-mid-c', 'sim-mid-a', 'openai-responses', 'Responses', { reasoning: effort }),
  twin('sim-frontier-c', 'sim-frontier-a', 'openai-responses', 'Responses', { reasoning: effort }),
  twin('sim-light-d', 'sim-light-a', 'gemini', 'Gemini', { reasoning: none, rules: { generation: 2.5 } }),
  twin('sim-mid-d', 'sim-mid-a', 'gemini', 'Gemini', { reasoning: level, rules: { generation: 3 } }),
  twin('sim-frontier-d', 'sim-frontier-a', 'gemini', 'Gemini', {
    reasoning: level,
    rules: { generation: 3, defaultEffort: 'medium' },
    cacheWrites: 'free',
  }),
];
