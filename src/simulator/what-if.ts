import type { AnswerSource } from './answer-source.ts';
import { type BookTokens, costOf } from './book.ts';
import { type Rational, toNano } from './rational.ts';
import type { SimulatedModel, Wire } from './simulated-model.ts';
import { requestBody, type SimulatedPrompt } from './simulated-prompt.ts';
import { anthropicWire } from './upstream/anthropic/index.ts';
import { createGeminiWire } from './upstream/gemini/index.ts';
import { openaiWire } from './upstream/openai/index.ts';
import { PromptCache } from './upstream/prompt-cache.ts';
import { createResponsesWire } from './upstream/responses/index.ts';
import { speak } from './upstream/speak.ts';
import type { Piece, Speech, UpstreamWire } from './upstream/wire.ts';

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
  const wire = wireOf(model.wire);
  const ask = wire.read(requestBody(prompt, model.wire), {
    headers: { 'anthropic-version': '2023-06-01' },
    model,
    organisation: 'what if',
    route: { type: 'answer' },
  });
  const speech = speak(ask, { model, source, fault: undefined, newCallId: (index) => `call_${index}` });
  const tokens: BookTokens = {
    ...new PromptCache().read(model, 'what if', ask.segments, 0).tokens,
    visible: counted(speech, (kind) => !isThought(kind)),
    reasoning: counted(speech, isThought),
  };
  const cost = costOf(tokens, model.prices);
  return { score: speech.task?.score ?? null, tokens, cost, costNanoUsd: toNano(cost) };
};

const isThought = (kind: Piece['kind']): boolean => kind === 'hidden' || kind === 'thinking';

const counted = ({ pieces }: Speech, counts: (kind: Piece['kind']) => boolean): number =>
  pieces.reduce((sum, { kind, tokens }) => (counts(kind) ? sum + tokens : sum), 0);

const wireOf = (name: Wire): UpstreamWire => {
  const unique = (): string => 'what-if';
  switch (name) {
    case 'openai-chat':
      return openaiWire;
    case 'openai-responses':
      return createResponsesWire({ unique });
    case 'anthropic-messages':
      return anthropicWire;
    case 'gemini':
      return createGeminiWire({ unique });
  }
};
