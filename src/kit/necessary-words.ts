/**
 * A cheap pattern without which an RE2 pattern cannot be found: some words, one of which stands in whatever it
 * matches. The engine's own search for words takes a fifth of RE2's time, and no input makes it slow. Undefined
 * where the pattern has no such words, or is written in a way that is not read here.
 */
export const necessaryWords = (pattern: string): RegExp | undefined => {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const reader = new WordReader(pattern, flags?.[0].length ?? 0);
  const words = reader.whole();
  if (!words || words.length > mostWords || words.some((word) => !isPlain(word))) return undefined;
  return new RegExp(words.map(escaped).join('|'), flags?.[1]?.includes('i') ? 'iu' : 'u');
};

const mostWords = 64;
/** Shorter ones stand everywhere. */
const leastChars = 3;

/** Letters that are not of ASCII have more forms than two engines agree on. */
const isPlain = (word: string): boolean => word.length >= leastChars && /^[\x20-\x7e]+$/.test(word);

const escaped = (word: string): string => word.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');

type Words = readonly string[] | undefined;

/** Reads the most usual part of RE2's syntax, and gives up on all other. */
class WordReader {
  readonly #pattern: string;
  #at: number;
  #isUnread = false;

  constructor(pattern: string, from: number) {
    this.#pattern = pattern;
    this.#at = from;
  }

  whole(): Words {
    const words = this.#alternatives(0);
    return this.#isUnread || this.#at < this.#pattern.length ? undefined : words;
  }

  /** Words of all of them: none where one alternative has none. */
  #alternatives(depth: number): Words {
    let all: Words = [];
    if (depth > deepest) this.#isUnread = true;
    while (!this.#isUnread) {
      const words = this.#sequence(depth);
      all = all && words && [...all, ...words];
      if (this.#next !== '|') return all;
      this.#at += 1;
    }
    return undefined;
  }

  /** Words of that part of it which says most. */
  #sequence(depth: number): Words {
    let best: Words;
    let run = '';
    const consider = (words: Words): void => {
      if (words && (!best || shortest(words) > shortest(best))) best = words;
    };
    const endRun = (): void => {
      if (run !== '') consider([run]);
      run = '';
    };
    while (!this.#isUnread && this.#next !== '' && this.#next !== '|' && this.#next !== ')') {
      const literal = this.#literal();
      if (literal !== undefined) {
        const often = this.#repetition();
        if (often === 'once') run += literal;
        else {
          if (often === 'often') run += literal;
          endRun();
        }
        continue;
      }
      endRun();
      const inside = this.#next === '(' ? this.#group(depth) : this.#other();
      if (this.#repetition() !== 'maybe') consider(inside);
    }
    endRun();
    return best;
  }

  #group(depth: number): Words {
    this.#at += 1;
    if (this.#next === '?') {
      if (!this.#pattern.startsWith('?:', this.#at)) this.#isUnread = true;
      this.#at += 2;
    }
    const words = this.#alternatives(depth + 1);
    if (this.#next !== ')') this.#isUnread = true;
    this.#at += 1;
    return words;
  }

  /** Something that stands for itself. */
  #literal(): string | undefined {
    const char = this.#next;
    if (char === '\\') {
      const escapee = this.#pattern.charAt(this.#at + 1);
      if (!/[^\w\s]/.test(escapee)) return undefined;
      this.#at += 2;
      return escapee;
    }
    if ('()[].^$*+?{}'.includes(char)) return undefined;
    this.#at += 1;
    return char;
  }

  /** Something that stands for others, or for a place. */
  #other(): undefined {
    const char = this.#next;
    if (char === '.' || char === '^' || char === '$') this.#at += 1;
    else if (char === '\\' && 'bBwWdDsS'.includes(this.#pattern.charAt(this.#at + 1) || 'none'))
      this.#at += 2;
    else if (char === '[') this.#class();
    else this.#isUnread = true;
  }

  #class(): void {
    const from = this.#at;
    const end = /^\[\^?[^\][\\]+(?:\\.[^\][\\]*)*\]/.exec(this.#pattern.slice(from, from + longestClass));
    if (end) this.#at = from + end[0].length;
    else this.#isUnread = true;
  }

  /** Behind whatever may be repeated. */
  #repetition(): 'once' | 'often' | 'maybe' {
    const found = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (!found) return 'once';
    this.#at += found[0].length;
    const isSure = found[0].startsWith('+') || Number(found[1] ?? 0) > 0;
    return isSure ? 'often' : 'maybe';
  }

  /** "" at the end. */
  get #next(): string {
    return this.#pattern.charAt(this.#at);
  }
}

const deepest = 32;
const longestClass = 256;

const shortest = (words: readonly string[]): number => Math.min(...words.map(({ length }) => length));
