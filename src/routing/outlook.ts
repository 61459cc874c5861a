import type { Model } from '../core/model.ts';
import { aliveAfter, type CacheAt, cacheAt, cacheWishOf } from '../sessions/cache-at.ts';
import { keepsThoughts } from '../sessions/portability.ts';
import type { SessionCourse } from '../sessions/session-course.ts';
import { newExperience, type SessionState } from '../sessions/session-memory.ts';
import { type Course, type Seat, type Worth, worthOf } from '../sessions/switching.ts';
import type { Question, RouteParts } from './route-parts.ts';

/** What a conversation may expect: of the cache where it is, and of going elsewhere. */
export interface Outlook {
  /** Nothing that was cached where it is is left. */
  readonly isCold: boolean;
  worthOfGoing(to: Model): Worth;
}

const inexperienced = newExperience();

/** Where its own answers tell nothing yet. */
const usualAnswerTokens = 500;
/** An agent sums its conversation up before the window is full: what was cached is gone then. */
const fullShare = 0.8;

export const outlookOf = (
  question: Question,
  session: SessionState,
  course: SessionCourse,
  from: Model,
  { experience = inexperienced, dialectOf, name }: RouteParts,
): Outlook => {
  const { request, features, subject } = question;
  const wish = cacheWishOf(request);
  const inDialect = (model: Model) => dialectOf(model, request.dialect, features.hasTools) ?? request.dialect;
  const idleMs = Math.max(0, subject.now - session.answeredAt);
  const cache = livingAs(session, cacheAt(from, wish, inDialect(from)), idleMs);
  const promptTokens = billedTokens(features.promptTokens, course);
  const hasShrunk = promptTokens < course.promptTokens * keptShare;
  const here: Seat = {
    model: from,
    cache,
    heldTokens: hasShrunk || (features.isCompacted && !course.isCompacted) ? 0 : session.warmTokens,
    idleMs,
    tokenFactor: 1,
  };
  const thoughtTokens = course.reasoningTokens * Math.max(1, features.toolDepth);
  const rest: Omit<Course, 'lostThoughtTokens' | 'further'> = {
    promptTokens,
    growthTokens: course.growthTokens,
    outputTokens: course.outputTokens || usualAnswerTokens,
    gapMs: course.gapMs,
  };
  const further = experience.lengths.further(`${subject.agent}|${name}`, session.answers, features.hasTools);
  return {
    isCold: session.warmTokens > 0 && aliveAfter(cache, idleMs) === 0,
    worthOfGoing: (to) => {
      const dialect = inDialect(to);
      const { model, provider } = { model: to.name, provider: to.provider };
      const stays = { provider, model, dialect, capabilities: to.capabilities, isNamed: false };
      const isLost = thoughtTokens > 0 && !keepsThoughts(from, inDialect(from), stays);
      const { left } = course;
      const isBack = left?.model === to.id && !hasShrunk;
      return worthOf(
        here,
        {
          model: to,
          cache: cacheAt(to, wish, dialect),
          heldTokens: isBack ? left.warmTokens : 0,
          idleMs: isBack ? Math.max(0, subject.now - left.usedAt) : 0,
          tokenFactor: experience.tokens.factor(from, to),
        },
        {
          ...rest,
          lostThoughtTokens: isLost ? thoughtTokens : 0,
          further: further.slice(0, callsThatFit(promptTokens, course.growthTokens, [from, to])),
        },
      );
    },
  };
};

/** Shorter prompts than this share of the last one do not begin with it. */
const keptShare = 0.6;

/** Our estimate, corrected by what the last one was off. */
const billedTokens = (estimated: number, { promptTokens, estimatedTokens }: SessionCourse): number =>
  estimatedTokens > 0 && promptTokens > 0
    ? Math.round(estimated * Math.min(3, Math.max(1 / 3, promptTokens / estimatedTokens)))
    : estimated;

/** What was told of the entry's life outweighs what is usual. */
const livingAs = ({ warmUntil, answeredAt }: SessionState, cache: CacheAt, idleMs: number): CacheAt => {
  const livesMs = warmUntil - answeredAt;
  if (livesMs <= cache.livesMs || idleMs < cache.livesMs) return cache;
  return { ...cache, livesMs, goneMs: Math.max(livesMs, cache.goneMs) };
};

const callsThatFit = (promptTokens: number, growthTokens: number, models: readonly Model[]): number => {
  if (growthTokens === 0) return Infinity;
  const room = Math.min(...models.map(({ contextTokens }) => contextTokens)) * fullShare - promptTokens;
  return Math.max(0, Math.floor(room / growthTokens));
};
