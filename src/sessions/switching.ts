import type { SwitchNote } from '../core/decision.ts';
import type { Model } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { aliveAfter, type CacheAt, keptOf } from './cache-at.ts';
import { turnPrice } from './turn-price.ts';

/** A model that may answer the rest of a conversation, and what of the conversation its cache holds. */
export interface Seat {
  readonly model: Pick<Model, 'prices'>;
  readonly cache: CacheAt;
  /** Tokens of the prompt that were cached here when it was used last, in this model's own count. */
  readonly heldTokens: number;
  /** Since that last use. */
  readonly idleMs: number;
  /** Tokens here for one token at the model that has the conversation. */
  readonly tokenFactor: number;
}

/** What is still to come, in tokens of the model that has the conversation. Whole numbers. */
export interface Course {
  /** Of the call that is about to be made, the whole prompt. */
  readonly promptTokens: number;
  /** By which each prompt after it is longer. */
  readonly growthTokens: number;
  /** Of an answer, reasoning included. */
  readonly outputTokens: number;
  /** Chance of each further call: `[0.9, 0.8]` is two more at most. */
  readonly further: readonly number[];
  /** Usual time between two calls; 0 where they follow at once. */
  readonly gapMs: number;
  /** Reasoning that would not come along, and has to be thought again. */
  readonly lostThoughtTokens: number;
}

/** What going to another model is worth: the money of a `SwitchNote`. */
export type Worth = Pick<
  SwitchNote,
  'expectedValue' | 'turnsLeft' | 'savingPerTurn' | 'cacheLoss' | 'reasoningLoss'
>;

/**
 * The expected value of going from one model to another, over this call and all that are likely to follow
 * (WIRE 10.6): what the rest costs here, less what it costs there. Pure; some microseconds.
 */
export const worthOf = (from: Seat, to: Seat, course: Course): Worth => {
  const staying = priceCourse(from, course);
  const going = priceCourse(to, course);
  const turnsLeft = course.further.reduce((sum, chance) => sum + chance, 0);
  const cacheLoss = Math.round(going.first - staying.first);
  const lost = scaled(course.lostThoughtTokens, to);
  const reasoningLoss = turnPrice(
    to.model.prices,
    { read: 0, written: 0, plain: 0, output: lost },
    to.cache.written,
  );
  const saving = staying.later - going.later;
  return {
    expectedValue: nano(saving - cacheLoss - reasoningLoss),
    turnsLeft,
    savingPerTurn: nano(turnsLeft > 0 ? saving / turnsLeft : 0),
    cacheLoss: nano(cacheLoss),
    reasoningLoss: nano(reasoningLoss),
  };
};

interface CoursePrice {
  readonly first: number;
  readonly later: number;
}

const priceCourse = (seat: Seat, course: Course): CoursePrice => {
  const { cache } = seat;
  const { promptTokens, growthTokens, further } = course;
  const output = scaled(course.outputTokens, seat);
  const prompt = scaled(promptTokens, seat);
  const first = priceTurn(seat, prompt, seat.heldTokens, aliveAfter(cache, seat.idleMs), output);
  const alive = aliveBetween(cache, course.gapMs);
  let later = 0;
  let held = keptOf(cache, prompt);
  for (let turn = 0; turn < further.length; turn += 1) {
    const next = scaled(promptTokens + growthTokens * (turn + 1), seat);
    later += (further[turn] ?? 0) * priceTurn(seat, next, held, alive, output);
    held = keptOf(cache, next);
  }
  return { first, later };
};

const priceTurn = (seat: Seat, prompt: number, held: number, alive: number, output: number): number => {
  if (alive === 1) return priceWith(seat, prompt, held, output);
  const cold = priceWith(seat, prompt, 0, output);
  return alive === 0 ? cold : alive * priceWith(seat, prompt, held, output) + (1 - alive) * cold;
};

const priceWith = ({ model, cache }: Seat, prompt: number, held: number, output: number): number => {
  const kept = keptOf(cache, prompt);
  const read = Math.min(held, kept);
  return turnPrice(model.prices, { read, written: kept - read, plain: prompt - kept, output }, cache.written);
};

/** Pauses are spread around what is usual: a long one now and then outlives the cache. */
const aliveBetween = ({ hitChance, livesMs }: CacheAt, gapMs: number): number =>
  gapMs === 0 ? hitChance : hitChance * (1 - Math.exp(-livesMs / gapMs));

const scaled = (tokens: number, { tokenFactor }: Seat): number => Math.round(tokens * tokenFactor);

const nano = (amount: number): NanoUsd => BigInt(Math.round(amount)) as NanoUsd;
