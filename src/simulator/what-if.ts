import type { AnswerSource } from './answer-source.ts';
import { type BookTokens, costOf } from './book.ts';
import { type Rational, toNano } from './rational.ts';
import type { SimulatedModel } from './simulated-model.ts';
import { requestBody, type SimulatedPrompt } from './simulated-prompt.ts';
import { anthropicWire } from './upstream/anthropic/index.ts';
import { openaiWire } from './upstream/openai/index.ts';
import { PromptCache } from './upstream/prompt-cache.ts';
import { speak } from './upstream/speak.ts';

/** How a model would have done. */
export interface WhatIf {
  readonly score: number | null;
  readonly tokens: BookTokens;
  readonly cost: Rational;
  readonly costNanoUsd: bigint;
}

/**
 * What the upstream would answer and charge if this model were asked this prompt before any other (its
 * cache is empty): computed the way the upstream does it, without a call.
 */
export const whatIf = (prompt: SimulatedPrompt, model: SimulatedModel, source: AnswerSource): WhatIf => {
  const wire = model.wire === 'openai-chat' ? openaiWire : anthropicWire;
  const ask = wire.read(requestBody(prompt, model.wire), { 'anthropic-version': '2023-06-01' }, model);
  const speech = speak(ask, { model, source, refuses: false, newCallId: (index) => `call_${index}` });
  const tokens: BookTokens = {
    ...new PromptCache().read(model, 'what if', ask.segments, 0).tokens,
    visible: speech.pieces.reduce((sum, piece) => sum + piece.tokens, 0),
  };
  const cost = costOf(tokens, model.prices);
  return { score: speech.task?.score ?? null, tokens, cost, costNanoUsd: toNano(cost) };
};
