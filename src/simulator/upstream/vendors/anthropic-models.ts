import type { Capabilities } from '../../../core/model.ts';
import type { ModelRules } from '../../simulated-model.ts';
import { effortsFrom, type VendorRow } from './vendor-row.ts';

const efforts = effortsFrom('low', 'max');
const wires: VendorRow['wires'] = ['anthropic-messages'];

const newest: Capabilities = {
  input: ['text', 'image', 'pdf'],
  tools: true,
  forcedTools: false,
  structuredOutput: 'schema',
  reasoning: { type: 'adaptive', efforts, canTurnOff: false, takesBudget: false },
  sampling: 'no',
  stop: true,
  prefill: false,
  systemRole: 'system',
  maxTokensField: 'max_tokens',
  dialects: wires,
  toolDialects: wires,
  midSystem: true,
  hasSystemPrompt: true,
  schemaWithTools: true,
  toolResultImages: true,
  fetchesImages: true,
  boundReasoning: false,
};
const bound: Capabilities = { ...newest, boundReasoning: true };
const forced: Capabilities = { ...newest, forcedTools: true };
const turnsOff: Capabilities = {
  ...forced,
  reasoning: { type: 'adaptive', efforts, canTurnOff: true, takesBudget: false },
};
const budgetOnly: Capabilities = {
  ...forced,
  reasoning: { type: 'budget', minTokens: 1024, maxTokens: 63_999 },
  sampling: 'yes',
  prefill: true,
  midSystem: false,
};

const row = (
  names: RegExp,
  capabilities: Capabilities,
  { rules, ...rest }: Partial<VendorRow> & { readonly rules?: ModelRules } = {},
): VendorRow => ({
  names,
  wires,
  capabilities,
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  price: [5, 25],
  leastCachedTokens: 1024,
  cacheWrites: 'explicit',
  ...(rules && { rules }),
  ...rest,
});

const alwaysOn: ModelRules = { defaultEffort: 'high', thinkingOff: 'never', omitsThinking: true };

/** WIRE 13.2, row by row; the last is what is assumed of a Claude that nobody has heard of. */
export const anthropicModels: readonly VendorRow[] = [
  row(/^claude-sonnet-5-5/, newest, {
    rules: { ...alwaysOn, takesBetweenTools: true },
    price: [2, 10],
    cacheReadShare: 0.05,
  }),
  row(/^claude-opus-5-5/, bound, {
    rules: alwaysOn,
    price: [4, 20],
    cacheReadShare: 0.05,
    leastCachedTokens: 512,
  }),
  row(/^claude-haiku-5-5/, turnsOff, {
    rules: { defaultEffort: 'high', thinkingOff: 'up-to-high', omitsThinking: true },
    price: [0.1, 0.5],
  }),
  row(/^claude-(?:fable|mythos)-5-\d/, bound, {
    rules: alwaysOn,
    price: [10, 50],
    cacheReadShare: 0.025,
    leastCachedTokens: 512,
  }),
  row(/^claude-(?:fable|mythos)-5/, forced, { rules: alwaysOn, price: [10, 50], leastCachedTokens: 512 }),
  row(/^claude-opus-5/, turnsOff, {
    rules: { defaultEffort: 'high', thinkingOff: 'up-to-high', omitsThinking: true },
    leastCachedTokens: 512,
  }),
  row(
    /^claude-sonnet-5/,
    { ...turnsOff, midSystem: false },
    { rules: { defaultEffort: 'high', omitsThinking: true, toleratesOne: true }, price: [2, 10] },
  ),
  row(
    /^claude-opus-4-8/,
    { ...turnsOff, midSystem: false },
    { rules: { omitsThinking: true, toleratesOne: true } },
  ),
  row(
    /^claude-opus-4-7/,
    { ...turnsOff, midSystem: false },
    { rules: { omitsThinking: true, toleratesOne: true }, leastCachedTokens: 2048 },
  ),
  row(/^claude-opus-4-6/, { ...budgetOnly, ...adaptiveToo() }, { leastCachedTokens: 4096 }),
  row(/^claude-sonnet-4-6/, { ...budgetOnly, ...adaptiveToo() }, { price: [3, 15] }),
  row(/^claude-opus-4-5/, budgetOnly, { maxOutputTokens: 64_000, leastCachedTokens: 4096 }),
  row(/^claude-sonnet-4-5/, budgetOnly, { maxOutputTokens: 64_000, price: [3, 15] }),
  row(/^claude-haiku-4-5/, budgetOnly, { maxOutputTokens: 64_000, price: [1, 5], leastCachedTokens: 4096 }),
  row(/^claude-opus-4-1/, budgetOnly, { maxOutputTokens: 32_000, price: [15, 75] }),
  row(/^claude-/, bound, { rules: alwaysOn }),
];

function adaptiveToo(): Pick<Capabilities, 'reasoning' | 'prefill'> {
  return { reasoning: { type: 'adaptive', efforts, canTurnOff: true, takesBudget: true }, prefill: false };
}
