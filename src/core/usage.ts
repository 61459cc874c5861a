/**
 * Tokens of one answer, each counted in exactly one class, whatever the vendor's way of counting
 * (WIRE: Anthropic leaves cached tokens out of its input count, OpenAI and Gemini include them).
 * Input is uncached + read + written; output is visible + reasoning.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite30mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly cacheWrite12hTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export const noUsage: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite30mTokens: 0,
  cacheWrite1hTokens: 0,
  cacheWrite12hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

/** All tokens the prompt came to: cached or not. */
export const promptTokens = (usage: Usage): number =>
  usage.inputTokens +
  usage.cacheReadTokens +
  usage.cacheWrite5mTokens +
  usage.cacheWrite30mTokens +
  usage.cacheWrite1hTokens +
  usage.cacheWrite12hTokens;

/** All tokens the answer came to: seen or not. */
export const answerTokens = (usage: Usage): number => usage.outputTokens + usage.reasoningTokens;

const ceiling = 1_000_000_000;

/** A count a vendor sent, made safe: a whole number from 0 to 10⁹; anything else is 0. */
export const tokenCount = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(Math.floor(value), ceiling) : 0;
