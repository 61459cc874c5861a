import { type CacheRules, cacheRulesOf } from '../catalog/facts/cache-rules.ts';
import { canonicalName } from '../catalog/names.ts';
import type { Block, ChatRequest } from '../core/chat.ts';
import type { DialectName, Model } from '../core/model.ts';

/** How one model's cache takes one conversation. */
export interface CacheAt {
  /** 0 where nothing is kept for it at all. */
  readonly stepTokens: number;
  readonly leastTokens: number;
  readonly livesMs: number;
  readonly goneMs: number;
  readonly hitChance: number;
  readonly written: WriteClass;
}

/** Under which price writes stand. */
export type WriteClass = 'cacheWrite5m' | 'cacheWrite30m' | 'cacheWrite1h' | 'cacheWrite12h';

/** How long a request wants its prompt kept; undefined where it marks nothing. */
export type CacheWish = '5m' | '30m' | '1h' | '12h' | undefined;

/** Looks at the ends of what can be marked: clients mark instructions, tools and the newest words. */
export const cacheWishOf = ({ system, tools, turns, extras }: ChatRequest): CacheWish => {
  const inSystem = markIn(system);
  if (inSystem) return inSystem;
  for (const tool of tools) if (tool.type === 'function' && tool.cache) return tool.cache;
  for (let at = turns.length - 1; at >= Math.max(0, turns.length - newestTurns); at -= 1) {
    const mark = markIn(turns[at]?.blocks ?? []);
    if (mark) return mark;
  }
  return 'cache_control' in extras ? '5m' : undefined;
};

const newestTurns = 4;

const markIn = (blocks: readonly Block[]): CacheWish => {
  for (const block of blocks) if ('cache' in block && block.cache) return block.cache;
  return undefined;
};

export const rulesOf = (model: Pick<Model, 'name'>): CacheRules => {
  let rules = known.get(model);
  if (!rules) {
    rules = cacheRulesOf(canonicalName(model.name));
    known.set(model, rules);
  }
  return rules;
};

const known = new WeakMap<Pick<Model, 'name'>, CacheRules>();

const minuteMs = 60_000;
const lifeMs: Readonly<Record<NonNullable<CacheWish>, number>> = {
  '5m': 5 * minuteMs,
  '30m': 30 * minuteMs,
  '1h': 60 * minuteMs,
  '12h': 720 * minuteMs,
};

/** Marks are words of the Messages wire: a model that needs them gets them on no other. */
export const cacheAt = (model: Model, wish: CacheWish, dialect: DialectName): CacheAt => {
  const { isMarked, ...rules } = rulesOf(model);
  const takesMarks = isMarked || dialect === 'anthropic-messages';
  if (!takesMarks) return { ...rules, written: 'cacheWrite30m' };
  if (wish === undefined) return { ...rules, stepTokens: 0, written: 'cacheWrite5m' };
  const isLong = wish === '1h' || wish === '12h';
  const written = isLong ? 'cacheWrite1h' : 'cacheWrite5m';
  const life = lifeMs[isLong ? '1h' : '5m'];
  return { ...rules, stepTokens: 1, written, livesMs: life, goneMs: life };
};

/** What of a prompt is kept. */
export const keptOf = ({ stepTokens, leastTokens }: CacheAt, promptTokens: number): number =>
  stepTokens === 0 || promptTokens < leastTokens ? 0 : promptTokens - (promptTokens % stepTokens);

/** The chance that what was used so long ago is still there. */
export const aliveAfter = ({ livesMs, goneMs, hitChance }: CacheAt, idleMs: number): number => {
  if (idleMs < livesMs) return hitChance;
  return idleMs >= goneMs ? 0 : (hitChance * (goneMs - idleMs)) / (goneMs - livesMs);
};
