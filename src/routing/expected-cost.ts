import { costOf } from '../catalog/index.ts';
import type { Features } from '../core/features.ts';
import type { Model } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import type { SessionState } from '../sessions/session-memory.ts';

/** Answers are mostly of this size where nothing is known of them: a guess for choices, never for a bill. */
const usualAnswerTokens = 500;

/** What of a conversation its cost depends on. */
export type Warmth = Pick<SessionState, 'model' | 'warmTokens' | 'warmUntil'>;

/**
 * What a request would cost a model, by its estimated tokens and with the prompt cache as it stands.
 * A conversation that was cached is read where it lives and written anew wherever it does not.
 */
export const expectedCost = (
  model: Model,
  features: Features & { readonly now?: number },
  session?: Warmth,
  outputTokens?: number,
): NanoUsd => {
  const { promptTokens } = features;
  const answer = expectedAnswer(features, outputTokens);
  if (!session || session.warmTokens === 0)
    return costOf({ ...noUsage, inputTokens: promptTokens, outputTokens: answer }, model.prices);
  const isWarm = session.model === model.id && (features.now ?? 0) < session.warmUntil;
  const read = isWarm ? Math.min(session.warmTokens, promptTokens) : 0;
  return costOf(
    {
      ...noUsage,
      cacheReadTokens: read,
      [writeClassOf(model)]: promptTokens - read,
      outputTokens: answer,
    },
    model.prices,
  );
};

/** The tokens an answer is likely to have, never more than its caller allows. */
export const expectedAnswer = (
  { maxOutputTokens, answerTokens }: Features,
  outputTokens: number | undefined,
): number => {
  const likely = outputTokens ?? (answerTokens > 0 ? answerTokens : usualAnswerTokens);
  return Math.round(maxOutputTokens === null ? likely : Math.min(maxOutputTokens, likely));
};

/** Vendors name their usual write after the time it lives; a class without a price of its own is plain input. */
const writeClassOf = ({ prices: { bands } }: Model): 'cacheWrite5mTokens' | 'cacheWrite30mTokens' => {
  const [band] = bands;
  return band && band.cacheWrite30m > band.cacheWrite5m ? 'cacheWrite30mTokens' : 'cacheWrite5mTokens';
};
