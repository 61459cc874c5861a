/** What a maker's prompt cache keeps, from when and for how long (WIRE 10). Prices stand in the price table. */
export interface CacheRules {
  /** Only what the request marks is kept; else every prefix is. */
  readonly isMarked: boolean;
  /** Shorter prompts are not kept. */
  readonly leastTokens: number;
  /** Prefixes are kept in steps of so many tokens; what is left over is plain input. */
  readonly stepTokens: number;
  /** Kept for so long after the last use, where the request does not ask for longer. */
  readonly livesMs: number;
  /** Gone by then; in between the chance falls evenly. */
  readonly goneMs: number;
  /** How often an entry is found that should be there. 1 where the maker promises it. */
  readonly hitChance: number;
}

const minuteMs = 60_000;

const marked = (leastTokens: number): CacheRules => ({
  isMarked: true,
  leastTokens,
  stepTokens: 1,
  livesMs: 5 * minuteMs,
  goneMs: 5 * minuteMs,
  hitChance: 1,
});

const automatic = (rest: Partial<CacheRules>): CacheRules => ({
  isMarked: false,
  leastTokens: 1024,
  stepTokens: 128,
  livesMs: 5 * minuteMs,
  goneMs: 10 * minuteMs,
  hitChance: 1,
  ...rest,
});

/** Where no maker tells, hits are common and promised by nobody. */
const unpromised = 0.9;

const families: readonly (readonly [name: RegExp, rules: CacheRules])[] = [
  [/^claude-(?:opus|fable|mythos)-5/, marked(512)],
  [/^claude-opus-4-7/, marked(2048)],
  [/^claude-(?:opus-4-[56]|haiku-4-5)/, marked(4096)],
  [/claude/, marked(1024)],
  [/^gpt-(?:5[.-][6-9]|[6-9])|^gpt-daybreak/, automatic({ livesMs: 30 * minuteMs, goneMs: 30 * minuteMs })],
  [/^gpt-|^o\d|^chatgpt/, automatic({})],
  [/^gemini-2-5/, automatic({ leastTokens: 2048, stepTokens: 1, hitChance: unpromised })],
  [/^gemini/, automatic({ leastTokens: 4096, stepTokens: 1, hitChance: unpromised })],
];

const others = automatic({ stepTokens: 1, hitChance: unpromised });

/** By the maker's own name for the model in its one spelling: "claude-opus-5-5". */
export const cacheRulesOf = (canonical: string): CacheRules =>
  families.find(([name]) => name.test(canonical))?.[1] ?? others;
