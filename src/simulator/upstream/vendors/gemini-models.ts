import type { Capabilities, Effort, Reasoning } from '../../../core/model.ts';
import type { ModelRules } from '../../simulated-model.ts';
import { effortsFrom, type VendorRow } from './vendor-row.ts';

const wires: VendorRow['wires'] = ['gemini'];

const capabilities = (reasoning: Reasoning, isOld: boolean): Capabilities => ({
  input: ['text', 'image', 'pdf', 'audio', 'video'],
  tools: true,
  forcedTools: true,
  structuredOutput: 'schema',
  reasoning,
  sampling: 'yes',
  stop: true,
  prefill: true,
  systemRole: 'system',
  maxTokensField: 'max_tokens',
  dialects: wires,
  toolDialects: wires,
  midSystem: false,
  hasSystemPrompt: true,
  schemaWithTools: !isOld,
  toolResultImages: !isOld,
  fetchesImages: !isOld,
  boundReasoning: false,
});

const levels = (first: Effort, last: Effort = 'high'): Reasoning => ({
  type: 'effort',
  efforts: effortsFrom(first, last),
});

const row = (
  names: RegExp,
  reasoning: Reasoning,
  rules: ModelRules,
  leastCachedTokens = 4096,
): VendorRow => ({
  names,
  wires,
  capabilities: capabilities(reasoning, (rules.generation ?? 0) < 3),
  rules: { defaultEffort: 'medium', ...rules },
  contextTokens: 1_048_576,
  maxOutputTokens: 65_536,
  price: [1.25, 10],
  leastCachedTokens,
  cacheWrites: 'free',
});

/** WIRE 13.3; the last row of each maker is what is assumed of a model that nobody has heard of. */
export const geminiModels: readonly VendorRow[] = [
  row(
    /^gemini-2\.5-pro/,
    { type: 'budget', minTokens: 128, maxTokens: 32_768 },
    { generation: 2.5, alwaysThinks: true },
    2048,
  ),
  row(
    /^gemini-2\.5-flash-lite/,
    { type: 'budget', minTokens: 0, maxTokens: 24_576 },
    { generation: 2.5, defaultEffort: 'none' },
    2048,
  ),
  row(/^gemini-2\.5/, { type: 'budget', minTokens: 0, maxTokens: 24_576 }, { generation: 2.5 }, 2048),
  row(/^gemini-3(?:\.\d)?-pro/, levels('low'), { generation: 3 }),
  row(/^gemini-3\.[7-9]-flash(?!-lite)/, levels('low'), { generation: 3.7 }),
  row(/^gemini-3/, levels('minimal'), { generation: 3 }),
  row(/^gemini-4-hydrogen/, levels('low', 'xhigh'), { generation: 4 }),
  row(/^gemini-4/, levels('minimal'), { generation: 4 }),
  row(/^gemini-(?!embedding)/, levels('low'), { generation: 4 }),
  {
    ...row(/^gemma-/, { type: 'none' }, { generation: 2.5, defaultEffort: 'none' }),
    capabilities: {
      ...capabilities({ type: 'none' }, true),
      tools: false,
      structuredOutput: 'none',
      hasSystemPrompt: false,
    },
  },
];
