import type { PicoUsdPerToken } from './money.ts';

export const tiers = ['light', 'mid', 'frontier'] as const;
export type Tier = (typeof tiers)[number];

/** The wire protocols there are; not every build speaks all of them. */
export const dialectNames = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type DialectName = (typeof dialectNames)[number];

export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

export const modalities = ['text', 'image', 'pdf', 'audio', 'video'] as const;
export type Modality = (typeof modalities)[number];

/** "provider/name", unique in a catalogue: `anthropic/claude-haiku-4-5`, `local/qwen3:8b`. */
export type ModelId = string & { readonly id: 'model' };

/** Prices of one band of prompt length. A class without its own price is billed as plain input. */
export interface PriceBand {
  /** The band holds from this many prompt tokens (exclusive) up; the first band's is 0. */
  readonly abovePromptTokens: number;
  readonly input: PicoUsdPerToken;
  readonly output: PicoUsdPerToken;
  /** Of a whole answer that was reasoned for, where the vendor charges that apart. */
  readonly reasonedOutput?: PicoUsdPerToken;
  readonly cacheRead: PicoUsdPerToken;
  readonly cacheWrite5m: PicoUsdPerToken;
  readonly cacheWrite30m: PicoUsdPerToken;
  readonly cacheWrite1h: PicoUsdPerToken;
  readonly cacheWrite12h: PicoUsdPerToken;
}

export interface Prices {
  /** Ascending by `abovePromptTokens`; never empty. The whole request is billed in the band its prompt falls in. */
  readonly bands: readonly PriceBand[];
  /** What is billed instead where the answer says that it was served as "flex" or "priority". */
  readonly serviceTiers?: Readonly<Record<string, readonly PriceBand[]>>;
  /** Which table these came from, kept with every charge: "2026-09-28", "config". */
  readonly version: string;
}

/** How a model may be told to reason. `type` is what the vendor calls it. */
export type Reasoning =
  | { readonly type: 'none' }
  | { readonly type: 'effort'; readonly efforts: readonly Effort[] }
  | { readonly type: 'budget'; readonly minTokens: number; readonly maxTokens: number }
  | {
      readonly type: 'adaptive';
      readonly efforts: readonly Effort[];
      readonly canTurnOff: boolean;
      readonly takesBudget: boolean;
    };

export interface Capabilities {
  readonly input: readonly Modality[];
  readonly tools: boolean;
  /** `tool_choice` may force a call (WIRE 4.1: refused by some Claude models). */
  readonly forcedTools: boolean;
  readonly structuredOutput: 'schema' | 'json' | 'none';
  readonly reasoning: Reasoning;
  /** temperature and top_p: accepted always, only when not reasoning, or never. */
  readonly sampling: 'yes' | 'when-not-reasoning' | 'no';
  readonly stop: boolean;
  /** A last assistant turn that the model continues. */
  readonly prefill: boolean;
  readonly systemRole: 'system' | 'developer';
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Dialects its maker serves it on, and those on which it takes tools (WIRE fact 3). */
  readonly dialects: readonly DialectName[];
  readonly toolDialects: readonly DialectName[];
  /** Anthropic: a `system` role in the middle of a conversation is accepted. */
  readonly midSystem: boolean;
  /** Instructions have a place of their own (Gemma has none: they go before the first words). */
  readonly hasSystemPrompt: boolean;
  /** An answer can be held to a schema while there are tools (not so on Gemini 2.5). */
  readonly schemaWithTools: boolean;
  /** Results of tools may hold pictures. */
  readonly toolResultImages: boolean;
  /** Pictures named by an address are fetched by the vendor. */
  readonly fetchesImages: boolean;
  /** Reasoning is bound to the very words before it: a history is never edited after its first answer (WIRE 4.4). */
  readonly boundReasoning: boolean;
}

export interface Model {
  readonly id: ModelId;
  /** The name of the provider in the configuration. */
  readonly provider: string;
  /** What the provider calls the model. */
  readonly name: string;
  readonly displayName: string;
  readonly tier: Tier;
  readonly tierFrom: 'line-up' | 'price-band' | 'config';
  readonly prices: Prices;
  readonly contextTokens: number;
  /** Where the vendor limits the prompt apart from the whole. */
  readonly maxPromptTokens?: number;
  readonly maxOutputTokens: number;
  readonly capabilities: Capabilities;
  readonly released?: string;
}
