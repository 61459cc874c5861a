import type { JsonObject } from '../../core/json.ts';
import type { Dialect } from '../dialect.ts';
import { type Corpus, corpusOf } from './corpus.cases.ts';
import { type Chance, mutatedBody, mutatedText } from './mutate.cases.ts';
import { checkError, checkReply, checkRequest, checkStream } from './oracles.cases.ts';

/** An input that broke something, enough to have it again. */
export interface Crash {
  readonly dialect: string;
  readonly kind: Kind;
  readonly input: string;
  readonly error: Error;
}

const kinds = ['request', 'request-bytes', 'reply', 'error', 'stream'] as const;
type Kind = (typeof kinds)[number];

/** Longer than this on one input is a hang. */
export const hangMs = 100;

/** Throws mutants of the golden files at every dialect and from there at every other one. */
export const createFuzzer = (dialects: readonly Dialect[], chance: Chance) => {
  const corpora = new Map(dialects.map((dialect) => [dialect, corpusOf(dialect.name)]));
  const pristine = prototypeNames();
  return {
    /** One mutant. Undefined where all held. */
    next(): Crash | undefined {
      const dialect = chance.pick(dialects);
      const kind = chance.pick(kinds);
      const made = makeInput(kind, corpora.get(dialect) as Corpus, chance);
      if (!made) return undefined;
      const startedMs = performance.now();
      try {
        made.check(dialect, dialects);
        const tookMs = performance.now() - startedMs;
        // a pause of the collector is no hang: only one that comes back is
        if (tookMs > hangMs && isSlowAgain(() => made.check(dialect, dialects)))
          throw new Error(`it took ${Math.round(tookMs)} ms`);
        if (prototypeNames() !== pristine) throw new Error('Object.prototype was changed');
        return undefined;
      } catch (error) {
        return { dialect: dialect.name, kind, input: made.input, error: error as Error };
      }
    },
  };
};

const isSlowAgain = (act: () => void): boolean => {
  const startedMs = performance.now();
  act();
  return performance.now() - startedMs > hangMs;
};

interface Made {
  readonly input: string;
  check(dialect: Dialect, dialects: readonly Dialect[]): void;
}

const makeInput = (kind: Kind, corpus: Corpus, chance: Chance): Made | undefined => {
  const mutant = (seeds: readonly JsonObject[]): JsonObject | undefined =>
    seeds.length === 0 ? undefined : mutatedBody(chance.pick(seeds), chance.pick(seeds), chance);
  switch (kind) {
    case 'request': {
      const body = mutant(corpus.requests);
      if (!body) return undefined;
      const input = JSON.stringify(body);
      return { input, check: (dialect, all) => checkRequest(dialect, Buffer.from(input), all) };
    }
    case 'request-bytes': {
      if (corpus.requests.length === 0) return undefined;
      const input = mutatedText(JSON.stringify(chance.pick(corpus.requests)), chance);
      return { input, check: (dialect, all) => checkRequest(dialect, Buffer.from(input), all) };
    }
    case 'reply': {
      const body = mutant(corpus.replies);
      if (!body) return undefined;
      return { input: JSON.stringify(body), check: (dialect, all) => checkReply(dialect, body, all) };
    }
    case 'error': {
      const body = mutant(corpus.errors);
      const status = chance.pick([200, 302, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 529, 999]);
      return { input: JSON.stringify(body ?? null), check: (dialect) => checkError(dialect, status, body) };
    }
    default: {
      if (corpus.streams.length === 0) return undefined;
      const input = mutatedText(chance.pick(corpus.streams), chance);
      const size = chance.whole(1, 60);
      return { input, check: (dialect, all) => checkStream(dialect, Buffer.from(input), size, all) };
    }
  }
};

const prototypeNames = (): string => Object.getOwnPropertyNames(Object.prototype).join();
