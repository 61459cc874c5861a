import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../core/features.ts';
import { conditionCases } from './conditions.cases.ts';
import { compileWhen, conditions, whenSchema } from './index.ts';
import { subjectOf } from './subject-of.cases.ts';
import type { When } from './when.ts';

const holds = (when: unknown, subject = subjectOf()): boolean => compileWhen(whenSchema.parse(when))(subject);

describe.each(conditions)('the condition "$type"', ({ type, summary }) => {
  const { holds: held = [], fails = [], refused } = conditionCases[type] ?? { refused: [] };

  it('has cases and a sentence for the reference', () => {
    expect(held.length + fails.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(summary).toMatch(/^[A-Z].*[.`]$/);
  });

  it.each(held.map(([config, subject]) => ({ config, subject })))(
    'holds: $config of $subject',
    ({ config, subject }) => {
      expect(holds({ [type]: config }, subjectOf(subject))).toBe(true);
    },
  );

  it.each(fails.map(([config, subject]) => ({ config, subject })))(
    'fails: $config of $subject',
    ({ config, subject }) => {
      expect(holds({ [type]: config }, subjectOf(subject))).toBe(false);
    },
  );

  it.each(refused.map((config) => ({ config })))('is refused at load: $config', ({ config }) => {
    const parsed = whenSchema.safeParse({ [type]: config });

    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.path[0]).toBe(type);
  });
});

describe('when', () => {
  it('holds where all of its conditions do', () => {
    expect(holds({ task: 'question', tokens: { max: 500 } })).toBe(true);
    expect(holds({ task: 'question', tokens: { max: 499 } })).toBe(false);
    expect(holds({})).toBe(true);
  });

  it('joins conditions by not, any and all, at any depth', () => {
    expect(holds({ not: { task: 'maths' } })).toBe(true);
    expect(
      holds({ any: [{ task: 'maths' }, { all: [{ task: 'question' }, { not: { images: true } }] }] }),
    ).toBe(true);
    expect(holds({ any: [{ task: 'maths' }, { images: true }], task: 'question' })).toBe(false);
  });

  it('refuses unknown conditions, also inside', () => {
    expect(whenSchema.safeParse({ tasks: 'coding' }).success).toBe(false);
    expect(whenSchema.safeParse({ any: [{ not: { weather: 'fine' } }] }).success).toBe(false);
    expect(whenSchema.safeParse({ any: [] }).success).toBe(false);
  });

  it('tells at its path what only compiling can see', () => {
    const parsed = whenSchema.safeParse({ any: [{ task: 'coding' }, { not: { text: '(a' } }] });

    expect(parsed.error?.issues[0]).toMatchObject({
      path: ['any', 1, 'not', 'text'],
      message: expect.stringContaining('RE2'),
    });
  });

  it('never holds together with its own negation', () => {
    const when = fc.record(
      {
        task: fc.constantFrom(...tasks),
        tokens: fc.record({ max: fc.nat(2_000) }),
        tools: fc.boolean(),
        language: fc.constantFrom('latin', 'han'),
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(when, fc.constantFrom(...tasks), fc.nat(2_000), (config, task, promptTokens) => {
        const subject = subjectOf({ task, promptTokens });

        expect(holds({ not: config as When }, subject)).toBe(!holds(config, subject));
      }),
    );
  });

  it('is not slowed by what callers write', () => {
    const ask = `${'a'.repeat(60_000)}!`;

    expect(holds({ text: '^(a+)+$' }, subjectOf({ ask }))).toBe(false);
    expect(holds({ cel: 'ask.matches("^(a|a)*$")' }, subjectOf({ ask }))).toBe(false);
  });
});
