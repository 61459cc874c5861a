import type { Capabilities, DialectName, Effort, Modality, Reasoning } from '../core/model.ts';
import { efforts, modalities } from '../core/model.ts';
import type { CatalogueFile, CatalogueRecord } from './data.ts';

/** What vendors' pages and SDK catalogues say beyond prices, read 2026-11-23. Most particular first. */
type Facts = Partial<Capabilities>;

const effortsTo = (first: Effort, last: Effort): readonly Effort[] =>
  efforts.slice(efforts.indexOf(first), efforts.indexOf(last) + 1);

const claude: Facts = {
  dialects: ['anthropic-messages'],
  toolDialects: ['anthropic-messages'],
  systemRole: 'system',
  maxTokensField: 'max_tokens',
  stop: true,
  structuredOutput: 'schema',
  forcedTools: true,
  prefill: false,
  midSystem: false,
};
const claudeEfforts = effortsTo('low', 'max');
const alwaysThinks: Reasoning = {
  type: 'adaptive',
  efforts: claudeEfforts,
  canTurnOff: false,
  takesBudget: false,
};
const adaptive: Reasoning = {
  type: 'adaptive',
  efforts: claudeEfforts,
  canTurnOff: true,
  takesBudget: false,
};
const budget: Reasoning = { type: 'budget', minTokens: 1024, maxTokens: 63_999 };
const newestClaude: Facts = {
  ...claude,
  reasoning: alwaysThinks,
  sampling: 'no',
  forcedTools: false,
  midSystem: true,
};

const anthropicFacts: readonly (readonly [RegExp, Facts])[] = [
  [/haiku-5-5/, { ...newestClaude, reasoning: adaptive, forcedTools: true }],
  [/(?:fable|mythos)-5(?!-[12])/, { ...newestClaude, forcedTools: true }],
  [/opus-5(?!-5)/, { ...newestClaude, reasoning: adaptive, forcedTools: true }],
  [/sonnet-5(?!-5)|opus-4-[78]/, { ...claude, reasoning: adaptive, sampling: 'no' }],
  [/(?:opus|sonnet)-4-6/, { ...claude, reasoning: { ...adaptive, takesBudget: true }, sampling: 'yes' }],
  [/(?:opus|sonnet|haiku)-4|claude-3/, { ...claude, reasoning: budget, sampling: 'yes', prefill: true }],
  // WIRE 13.2: what is not known is taken for newest
  [/./, newestClaude],
];

const both: readonly DialectName[] = ['openai-chat', 'openai-responses'];
const onlyResponses: readonly DialectName[] = ['openai-responses'];
const reasoningGpt = (last: Effort, first: Effort = 'none'): Facts => ({
  reasoning: { type: 'effort', efforts: effortsTo(first, last) },
  sampling: first === 'none' ? 'when-not-reasoning' : 'no',
  stop: false,
});
const gpt: Facts = {
  dialects: both,
  toolDialects: both,
  systemRole: 'developer',
  maxTokensField: 'max_completion_tokens',
  structuredOutput: 'schema',
  forcedTools: true,
  prefill: false,
  midSystem: true,
};

const openaiFacts: readonly (readonly [RegExp, Facts])[] = [
  [
    /-pro|codex/,
    { ...gpt, ...reasoningGpt('xhigh', 'low'), dialects: onlyResponses, toolDialects: onlyResponses },
  ],
  [/chat-latest/, { ...gpt, reasoning: { type: 'none' }, sampling: 'no', tools: false }],
  [/gpt-6(?:\.\d)?-(?:astra)|gpt-6\.1-sol/, { ...gpt, ...reasoningGpt('max', 'low') }],
  [/gpt-6/, { ...gpt, ...reasoningGpt('max') }],
  [/gpt-5\.6|daybreak/, { ...gpt, ...reasoningGpt('max'), toolDialects: onlyResponses }],
  [/gpt-5\.[45]/, { ...gpt, ...reasoningGpt('xhigh'), toolDialects: onlyResponses }],
  [/gpt-5\.[23]/, { ...gpt, ...reasoningGpt('xhigh') }],
  [/gpt-5\.1/, { ...gpt, ...reasoningGpt('high') }],
  [/gpt-5/, { ...gpt, ...reasoningGpt('high', 'minimal') }],
  [/^o\d/, { ...gpt, ...reasoningGpt('high', 'low') }],
  [
    /gpt-4o|gpt-4\.1/,
    { ...gpt, reasoning: { type: 'none' }, sampling: 'yes', stop: true, systemRole: 'system' },
  ],
  [
    /gpt-[34]/,
    {
      ...gpt,
      reasoning: { type: 'none' },
      sampling: 'yes',
      stop: true,
      systemRole: 'system',
      maxTokensField: 'max_tokens',
      structuredOutput: 'json',
    },
  ],
  [/./, { ...gpt, ...reasoningGpt('max') }],
];

const googleFacts: readonly (readonly [RegExp, Facts])[] = [
  [/./, { dialects: ['gemini'], toolDialects: ['gemini'] }],
];

const factsOf: ReadonlyMap<string, readonly (readonly [RegExp, Facts])[]> = new Map([
  ['anthropic', anthropicFacts],
  ['openai', openaiFacts],
  ['google', googleFacts],
]);

/** Capabilities of a catalogue record: the data file's, corrected by what is known of its family. */
export const capabilitiesOf = (provider: string, record: CatalogueRecord): Capabilities => {
  const facts = factsOf.get(provider)?.find(([pattern]) => pattern.test(record.id))?.[1];
  return {
    input: record.input.filter((name): name is Modality => modalities.includes(name as Modality)),
    tools: record.tools,
    forcedTools: true,
    structuredOutput: record.schema ? 'schema' : 'json',
    reasoning: reasoningOf(record),
    sampling: record.sampling ? 'yes' : 'no',
    stop: true,
    prefill: false,
    systemRole: 'system',
    maxTokensField: 'max_tokens',
    dialects: ['openai-chat'],
    toolDialects: ['openai-chat'],
    midSystem: true,
    ...facts,
  };
};

const reasoningOf = ({ reasoning, efforts: named, budget: range }: CatalogueRecord): Reasoning => {
  const known = named?.filter((name): name is Effort => efforts.includes(name as Effort));
  if (known && known.length > 0) return { type: 'effort', efforts: known };
  if (range) return { type: 'budget', minTokens: range[0], maxTokens: range[1] };
  return reasoning ? { type: 'effort', efforts: effortsTo('low', 'high') } : { type: 'none' };
};

/** Times the plain input price, where a vendor charges longer cache lifetimes apart from the shortest. */
export const writeMultiples = (
  provider: string,
): { readonly hour: number | undefined; readonly halfDay: number | undefined } =>
  provider === 'anthropic'
    ? { hour: 2, halfDay: undefined }
    : { hour: undefined, halfDay: provider === 'openai' ? 2.5 : undefined };

/**
 * Models younger than the data file, from the vendors' price pages as read on 2026-11-23; context and
 * output limits are those of the model each one follows.
 */
export const newerModels: Readonly<Record<string, CatalogueFile>> = {
  anthropic: {
    date: '2026-11-23',
    source: 'vendor price page',
    models: [
      {
        id: 'claude-sonnet-5-5',
        name: 'Claude Sonnet 5.5',
        family: 'claude-sonnet',
        context: 1_000_000,
        output: 128_000,
        input: ['text', 'image', 'pdf'],
        tools: true,
        schema: true,
        sampling: false,
        reasoning: true,
        prices: [{ above: 0, input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 }],
      },
      {
        id: 'claude-haiku-5-5',
        name: 'Claude Haiku 5.5',
        family: 'claude-haiku',
        context: 200_000,
        output: 128_000,
        input: ['text', 'image', 'pdf'],
        tools: true,
        schema: true,
        sampling: false,
        reasoning: true,
        prices: [
          { above: 0, input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 },
          { above: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite: 0.625 },
        ],
      },
    ],
  },
  openai: {
    date: '2026-11-23',
    source: 'vendor price page',
    models: [
      {
        id: 'gpt-6.1-terra',
        name: 'GPT-6.1 Terra',
        family: 'gpt-terra',
        context: 1_050_000,
        output: 128_000,
        input: ['text', 'image', 'pdf'],
        tools: true,
        schema: true,
        sampling: true,
        reasoning: true,
        prices: [
          { above: 0, input: 1, output: 5, cacheRead: 0.05, cacheWrite: 1.25 },
          { above: 272_000, input: 2, output: 7.5, cacheRead: 0.1, cacheWrite: 2.5 },
        ],
      },
    ],
  },
};
