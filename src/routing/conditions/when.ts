import { z } from 'zod';
import type { Condition, Subject } from './condition.ts';

/** What `when:` of a rule holds: conditions by their type, and the three that join others. */
export interface When {
  readonly [type: string]: unknown;
}

export interface WhenParts {
  readonly schema: z.ZodType<When>;
  /** Made once at load: true where all of it holds. */
  readonly compile: (when: When) => (subject: Subject) => boolean;
}

/** The schema and the compiler of `when:`, both from the list of conditions. */
export const createWhen = (conditions: readonly Condition[]): WhenParts => {
  const byType = new Map(conditions.map((condition) => [condition.type, condition]));

  const schema: z.ZodType<When> = z.lazy(() => object);
  const object = z.strictObject({
    ...Object.fromEntries(conditions.map((condition) => [condition.type, configOf(condition).optional()])),
    not: schema.optional().describe('Holds where what is in it does not.'),
    any: z.array(schema).min(1).optional().describe('Holds where one of the list does.'),
    all: z.array(schema).min(1).optional().describe('Holds where all of the list do.'),
  });

  const compile = (when: When): ((subject: Subject) => boolean) => {
    const tests = Object.entries(when)
      .filter(([, config]) => config !== undefined)
      .map(([type, config]) => compileOne(type, config));
    if (tests.length === 1 && tests[0]) return tests[0];
    return (subject) => {
      for (const test of tests) if (!test(subject)) return false;
      return true;
    };
  };

  const compileOne = (type: string, config: unknown): ((subject: Subject) => boolean) => {
    if (type === 'not') {
      const holds = compile(config as When);
      return (subject) => !holds(subject);
    }
    if (type === 'any' || type === 'all') {
      const tests = (config as readonly When[]).map(compile);
      return type === 'any'
        ? (subject) => tests.some((holds) => holds(subject))
        : (subject) => tests.every((holds) => holds(subject));
    }
    const condition = byType.get(type);
    if (!condition) throw new RangeError(`there is no condition "${type}"`);
    return condition.compile(config);
  };

  return { schema, compile };
};

/** A condition's own schema, with what only compiling can see (a pattern, an expression) told at its path too. */
const configOf = (condition: Condition) =>
  condition.config
    .superRefine((config, context) => {
      if (context.issues.length > 0) return;
      try {
        condition.compile(config);
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        context.addIssue({ code: 'custom', message: cause.message });
      }
    })
    .describe(condition.summary);
