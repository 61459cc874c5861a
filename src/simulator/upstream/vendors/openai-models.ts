import type { Capabilities, Reasoning } from '../../../core/model.ts';
import type { Wire } from '../../simulated-model.ts';
import { effortsFrom, type VendorRow } from './vendor-row.ts';

const both: VendorRow['wires'] = ['openai-chat', 'openai-responses'];
const responsesOnly: VendorRow['wires'] = ['openai-responses'];

const plain: Capabilities = {
  input: ['text', 'image', 'pdf', 'audio'],
  tools: true,
  forcedTools: true,
  structuredOutput: 'schema',
  reasoning: { type: 'none' },
  sampling: 'yes',
  stop: true,
  prefill: false,
  systemRole: 'system',
  maxTokensField: 'max_tokens',
  dialects: both,
  toolDialects: both,
  midSystem: true,
  hasSystemPrompt: true,
  schemaWithTools: true,
  toolResultImages: true,
  fetchesImages: true,
  boundReasoning: false,
};

const thinker = (
  reasoning: Reasoning,
  sampling: Capabilities['sampling'],
  dialects: readonly Wire[] = both,
): Capabilities => ({
  ...plain,
  reasoning,
  sampling,
  stop: false,
  systemRole: 'developer',
  maxTokensField: 'max_completion_tokens',
  dialects,
  toolDialects: dialects,
});

const efforts = (...range: Parameters<typeof effortsFrom>): Reasoning => ({
  type: 'effort',
  efforts: effortsFrom(...range),
});

const reasoner = {
  wires: both,
  contextTokens: 400_000,
  maxOutputTokens: 128_000,
  price: [1.25, 10],
} as const;

/** WIRE 13.1, row by row, dearer exceptions before the families they belong to. */
export const openaiModels: readonly VendorRow[] = [
  {
    ...reasoner,
    names: /^gpt-4(?:o|\.1)(?:-|$)/,
    capabilities: plain,
    contextTokens: 1_000_000,
    maxOutputTokens: 32_768,
    price: [2, 8],
    cacheReadShare: 0.25,
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^o[134](?:-|$)/,
    capabilities: thinker(efforts('low', 'high'), 'no'),
    rules: { defaultEffort: 'medium' },
    contextTokens: 200_000,
    maxOutputTokens: 100_000,
    price: [2, 8],
    cacheReadShare: 0.25,
    cacheWrites: 'free',
  },
  { ...reasoner, names: /^gpt-5-chat/, capabilities: { ...plain, tools: false }, cacheWrites: 'free' },
  {
    ...reasoner,
    names: /^gpt-5-(?:pro|codex)/,
    wires: responsesOnly,
    capabilities: thinker(efforts('minimal', 'high'), 'no', responsesOnly),
    rules: { defaultEffort: 'medium', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5(?:-(?:mini|nano))?(?:-\d{4}-\d\d-\d\d)?$/,
    capabilities: thinker(efforts('minimal', 'high'), 'no'),
    rules: { defaultEffort: 'medium', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.1-codex/,
    wires: responsesOnly,
    capabilities: thinker(efforts('none', 'high'), 'when-not-reasoning', responsesOnly),
    rules: { defaultEffort: 'none', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.1(?:-|$)/,
    capabilities: thinker(efforts('none', 'high'), 'when-not-reasoning'),
    rules: { defaultEffort: 'none', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.[2-5]-codex/,
    wires: responsesOnly,
    capabilities: thinker(efforts('none', 'xhigh'), 'when-not-reasoning', responsesOnly),
    rules: { defaultEffort: 'none', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.[23](?:-|$)/,
    capabilities: thinker(efforts('none', 'xhigh'), 'when-not-reasoning'),
    rules: { defaultEffort: 'none', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.[45](?:-|$)/,
    capabilities: thinker(efforts('none', 'xhigh'), 'when-not-reasoning'),
    rules: { defaultEffort: 'none', chatTools: 'without-effort', cacheFields: 'retention' },
    cacheWrites: 'free',
  },
  {
    ...reasoner,
    names: /^gpt-5\.6(?:-|$)/,
    capabilities: thinker(efforts('none', 'max'), 'when-not-reasoning'),
    rules: { defaultEffort: 'medium', chatTools: 'only-at-none', cacheFields: 'both' },
    price: [5, 30],
    cacheWrites: '30m',
  },
  {
    ...reasoner,
    names: /^gpt-6(?:-astra|\.1-sol)/,
    capabilities: thinker(efforts('low', 'max'), 'no'),
    rules: { defaultEffort: 'medium', cacheFields: 'options' },
    price: [4, 20],
    cacheWrites: '30m',
  },
  {
    ...reasoner,
    names: /^gpt-6(?:\.1)?(?:-|$)/,
    capabilities: thinker(efforts('none', 'max'), 'when-not-reasoning'),
    rules: { defaultEffort: 'medium', cacheFields: 'options' },
    price: [2, 10],
    cacheWrites: '30m',
  },
];
