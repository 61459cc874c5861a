import { type BookTokens, noTokens } from '../book.ts';
import { hashOf } from '../chance.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { tokensOf } from './tokens.ts';
import type { Segment } from './wire.ts';

/** What of a prompt was remembered. `remember` is to be called when the answer begins, not before. */
export interface CachedPrompt {
  readonly tokens: BookTokens;
  remember(): void;
}

/** Shorter prefixes than this are not cached, unless the model has a limit of its own. */
const usualLeastTokens = 1024;
/** Automatic caches hold prefixes in steps of this many tokens. */
const stepTokens = 128;
/** How far an explicit breakpoint looks back for an earlier entry. */
const lookBackSegments = 20;
const minuteMs = 60_000;
const mostEntries = 200_000;

/** Prompt prefixes that were seen lately, by model and account. */
export class PromptCache {
  /** When each prefix is forgotten. */
  #entries = new Map<string, number>();

  read(model: SimulatedModel, account: string, segments: readonly Segment[], now: number): CachedPrompt {
    const total = segments.reduce((sum, { tokens }) => sum + tokens, 0);
    const least = model.leastCachedTokens ?? usualLeastTokens;
    if (total < least) return { tokens: { ...noTokens, uncached: total }, remember: () => {} };
    const owner = `${model.name}\n${account}`;
    return model.cacheWrites === 'explicit'
      ? this.#readExplicit(owner, segments, total, now, least)
      : this.#readAutomatic(owner, segments, total, now, least, model.cacheWrites);
  }

  #readAutomatic(
    owner: string,
    segments: readonly Segment[],
    total: number,
    now: number,
    least: number,
    writes: 'free' | '30m',
  ): CachedPrompt {
    const prefixes = stepPrefixes(owner, segments, least);
    const lifeMs = (writes === '30m' ? 30 : 5) * minuteMs;
    let cacheRead = 0;
    for (const [name, tokens] of prefixes) if (this.#lives(name, now)) cacheRead = tokens;
    const longest = prefixes.at(-1)?.[1] ?? 0;
    const cacheWrite30m = writes === '30m' ? longest - cacheRead : 0;
    return {
      tokens: { ...noTokens, cacheRead, cacheWrite30m, uncached: total - cacheRead - cacheWrite30m },
      remember: () => {
        for (const [name] of prefixes) this.#keep(name, now + lifeMs, now);
      },
    };
  }

  #readExplicit(
    owner: string,
    segments: readonly Segment[],
    total: number,
    now: number,
    least: number,
  ): CachedPrompt {
    const prefixes: { name: string; tokens: number; cache: Segment['cache'] }[] = [];
    let hash = hashOf(owner);
    let tokens = 0;
    for (const segment of segments) {
      hash = hashOf(hash, segment.text);
      tokens += segment.tokens;
      prefixes.push({ name: `${owner}\n${hash}`, tokens, cache: segment.cache });
    }
    let read = 0;
    const marks = prefixes.flatMap(({ cache, tokens: upTo }, at) => (cache && upTo >= least ? [at] : []));
    for (const mark of marks)
      for (const { name, tokens: upTo } of prefixes.slice(Math.max(0, mark - lookBackSegments), mark + 1))
        if (upTo > read && this.#lives(name, now)) read = upTo;
    const written = { '5m': 0, '1h': 0 };
    let upTo = read;
    for (const mark of marks) {
      const prefix = prefixes[mark];
      if (!prefix?.cache || prefix.tokens <= upTo) continue;
      written[prefix.cache] += prefix.tokens - upTo;
      upTo = prefix.tokens;
    }
    return {
      tokens: {
        ...noTokens,
        cacheRead: read,
        cacheWrite5m: written['5m'],
        cacheWrite1h: written['1h'],
        uncached: total - upTo,
      },
      remember: () => {
        for (const mark of marks) {
          const prefix = prefixes[mark];
          if (prefix) this.#keep(prefix.name, now + (prefix.cache === '1h' ? 60 : 5) * minuteMs, now);
        }
      },
    };
  }

  #lives(name: string, now: number): boolean {
    return (this.#entries.get(name) ?? 0) > now;
  }

  #keep(name: string, until: number, now: number): void {
    const old = this.#entries.get(name) ?? 0;
    this.#entries.delete(name);
    this.#entries.set(name, Math.max(old, until));
    if (this.#entries.size <= mostEntries) return;
    for (const [entry, end] of this.#entries) if (end <= now) this.#entries.delete(entry);
    for (const entry of this.#entries.keys()) {
      if (this.#entries.size <= mostEntries * 0.8) break;
      this.#entries.delete(entry);
    }
  }
}

/** Names of the prefixes of 1024, 1152, … tokens, with their lengths. */
const stepPrefixes = (
  owner: string,
  segments: readonly Segment[],
  least: number,
): readonly (readonly [string, number])[] => {
  const prefixes: (readonly [string, number])[] = [];
  let hash = hashOf(owner);
  let tokens = 0;
  let stretch = '';
  const pass = (text: string, count: number): void => {
    stretch += text;
    const before = Math.floor(tokens / stepTokens);
    tokens += count;
    if (Math.floor(tokens / stepTokens) === before) return;
    hash = hashOf(hash, stretch);
    stretch = '';
    const length = Math.floor(tokens / stepTokens) * stepTokens;
    if (length >= least) prefixes.push([`${owner}\n${hash}`, length]);
  };
  for (const segment of segments) {
    if (segment.tokens === 0) {
      pass(segment.text, 0);
      continue;
    }
    const pieces = tokensOf(segment.text);
    for (const piece of pieces) pass(piece, 1);
    // what is no text (a picture, the frame of a message) counts in one go
    if (segment.tokens > pieces.length) pass('', segment.tokens - pieces.length);
  }
  return prefixes;
};
