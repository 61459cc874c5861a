import type { ModelId } from '../core/model.ts';
import { promptTokens, type Usage } from '../core/usage.ts';
import type { World } from '../kit/world.ts';
import { type CacheAt, keptOf } from './cache-at.ts';
import { Lengths } from './lengths.ts';
import { type SessionCourse, type Spent, withAnswer } from './session-course.ts';
import { TokenMeasure } from './token-measure.ts';

/** What is known of a conversation from its newest answer. Plain data: routing reads it, nobody writes it. */
export interface SessionState {
  readonly model: ModelId;
  readonly provider: string;
  /** The name of the credential; undefined where the caller brought its own key. */
  readonly credential: string | undefined;
  /** Answers so far, as far as is known. */
  readonly answers: number;
  /** Milliseconds since 1970. */
  readonly answeredAt: number;
  /** It ended in calls of tools whose results are to come. */
  readonly isToolLoop: boolean;
  /** Tokens of the prompt that its provider has cached, and until when. */
  readonly warmTokens: number;
  readonly warmUntil: number;
  /** How it went so far; left out where nobody told its money. */
  readonly course?: SessionCourse;
}

/** An answer, as it is noted. */
export type Answered = Omit<SessionState, 'answers' | 'answeredAt' | 'course'> & {
  readonly spent?: Spent;
};

/** The newest answers of conversations, in memory only: what a restart forgets costs a warm cache at most. */
export class SessionMemory {
  readonly #world: World;
  readonly #maxSessions: number;
  readonly #keepMs: number;
  readonly #learns: Experience | undefined;
  /** Least recently answered first, from half of its room on. */
  readonly #states = new Map<string, SessionState>();

  constructor(
    world: World,
    {
      maxSessions,
      keepMs,
      learns,
    }: { readonly maxSessions: number; readonly keepMs: number; readonly learns?: Experience },
  ) {
    this.#world = world;
    this.#maxSessions = maxSessions;
    this.#keepMs = keepMs;
    this.#learns = learns;
  }

  recall(tenant: string, session: string): SessionState | undefined {
    return this.#known(keyOf(tenant, session), this.#world.now());
  }

  #known(key: string, now: number): SessionState | undefined {
    const state = this.#states.get(key);
    if (!state || state.answeredAt + this.#keepMs > now) return state;
    this.#states.delete(key);
    return undefined;
  }

  note(tenant: string, session: string, answered: Answered): void {
    const key = keyOf(tenant, session);
    const now = this.#world.now();
    const known = this.#known(key, now);
    const before = answered.spent?.isBeginning ? undefined : known;
    // a Map that loses and gains a key with every answer makes a new table every few answers: while there is
    // room enough, the order in which sessions go does not matter yet
    if (known && this.#states.size * 2 > this.#maxSessions) this.#states.delete(key);
    const { spent, ...answer } = answered;
    const answers = (before?.answers ?? 0) + 1;
    const course = spent ? withAnswer(before, answer.model, spent, now) : before?.course;
    this.#states.set(key, { ...answer, answers, answeredAt: now, ...(course && { course }) });
    if (spent && this.#learns) learn(this.#learns, answer.model, spent, answers);
    if (this.#states.size <= this.#maxSessions) return;
    for (const oldest of this.#states.keys()) {
      this.#states.delete(oldest);
      return;
    }
  }

  get size(): number {
    return this.#states.size;
  }
}

/** What conversations in general teach, beside what is known of each. In memory only. */
export interface Experience {
  readonly lengths: Lengths;
  readonly tokens: TokenMeasure;
}

export const newExperience = (): Experience => ({ lengths: new Lengths(), tokens: new TokenMeasure() });

const learn = (
  { lengths, tokens }: Experience,
  model: ModelId,
  { kind, usage, features }: Spent,
  answers: number,
): void => {
  lengths.reached(kind, answers);
  if (usage) tokens.note(model, promptTokens(usage), features.promptTokens);
};

const minuteMs = 60_000;

/**
 * What is read or written keeps a cache warm for as long as the longest-lived part of it. `cache`: of a model that
 * keeps every prompt, and writes some of it without a word.
 */
export const warmthOf = (
  usage: Usage | undefined,
  answeredAt: number,
  cache?: CacheAt,
): Pick<SessionState, 'warmTokens' | 'warmUntil'> => {
  if (!usage) return { warmTokens: 0, warmUntil: 0 };
  const {
    cacheReadTokens,
    cacheWrite5mTokens,
    cacheWrite30mTokens,
    cacheWrite1hTokens,
    cacheWrite12hTokens,
  } = usage;
  const long = cacheWrite30mTokens + cacheWrite1hTokens + cacheWrite12hTokens;
  const warmTokens = cacheReadTokens + cacheWrite5mTokens + long;
  const minutes =
    cacheWrite12hTokens > 0 ? 720 : cacheWrite1hTokens > 0 ? 60 : cacheWrite30mTokens > 0 ? 30 : 5;
  const untold = cache ? keptOf(cache, promptTokens(usage)) : 0;
  if (cache && untold > warmTokens) return { warmTokens: untold, warmUntil: answeredAt + cache.livesMs };
  return { warmTokens, warmUntil: warmTokens === 0 ? 0 : answeredAt + minutes * minuteMs };
};

const keyOf = (tenant: string, session: string): string => `${tenant.length}:${tenant}${session}`;
