import { z } from 'zod';
import { checkCel } from './cel-check.ts';
import { celLibrary } from './cel-library.ts';
import { celType, celVariables } from './cel-variables.ts';
import { defineCondition, type Subject } from './condition.ts';
import { compilePattern, searchedChars } from './text.ts';

export const cel = defineCondition({
  type: 'cel',
  summary:
    'A free expression in CEL over everything a rule may look at (table below). It is checked at load; where it fails on a request, a key missing from `tags` say, it does not hold.',
  config: z.string().min(1).max(4_000).describe('`promptTokens > 100000 && caller == "research"`'),
  compile: (source) => {
    const { variables, patterns } = checkCel(source);
    const { isCelError, parse, plan } = celLibrary();
    const evaluate = plan(environment(patterns), parse(source));
    const readers = [...variables].map((name) => [name, readerOf(name)] as const);
    return (subject) => {
      const bindings: Record<string, bigint | number | string | boolean | Subject['tags']> = {};
      for (const [name, read] of readers) bindings[name] = read(subject);
      const result = evaluate(bindings);
      return !isCelError(result) && result === true;
    };
  },
});

/** An expression brings its own environment: patterns that stand in it are compiled once, with our RE2. */
const environment = (patterns: readonly string[]) => {
  const compiled = new Map(patterns.map((pattern) => [pattern, compilePattern(pattern)]));
  return celLibrary().celEnv({
    variables: Object.fromEntries(
      Object.entries(celVariables).map(([name, { kind }]) => [name, celType(kind)]),
    ),
    re2: { compile: (pattern) => compiled.get(pattern) ?? compilePattern(pattern) },
  });
};

const readerOf = (
  name: string,
): ((subject: Subject) => bigint | number | string | boolean | Subject['tags']) => {
  const variable = celVariables[name];
  if (!variable) throw new RangeError(`there is no "${name}"`);
  const field = name as keyof Subject;
  if (variable.kind === 'int') return (subject) => BigInt(Math.round(Number(subject[field] ?? 0)));
  if (name === 'ask') return ({ ask }) => (ask.length > searchedChars ? ask.slice(0, searchedChars) : ask);
  return (subject) => subject[field] as number | string | boolean | Subject['tags'];
};
