import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { tasks } from '../core/features.ts';
import type { ModelId, Tier } from '../core/model.ts';
import type { Subject } from './conditions/condition.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { defaultRules } from './default-rules.ts';
import { questionOf, strategyParts } from './strategies/parts-of.cases.ts';
import { rules, rulesConfig } from './strategies/rules.ts';

const tierModels = {
  light: ['p/small' as ModelId],
  mid: ['p/middle' as ModelId],
  frontier: ['p/large' as ModelId],
};
const compiled = rules.compile(
  rulesConfig.parse({ type: 'rules', rules: defaultRules() }),
  strategyParts({ tiers: tierModels }),
);
const wishOf = (subject: Subject) => compiled(questionOf(subject));
const tierOf = (rest: Partial<Subject>): Tier => wishOf(subjectOf({ tags: {}, ...rest })).tier;

const anySubject = fc.record({
  promptTokens: fc.nat(500_000),
  askTokens: fc.nat(50_000),
  turns: fc.integer({ min: 1, max: 100 }),
  toolCount: fc.nat(50),
  hasTools: fc.boolean(),
  isToolLoop: fc.boolean(),
  toolDepth: fc.nat(100),
  images: fc.nat(3),
  askCount: fc.nat(20),
  codeShare: fc.double({ min: 0, max: 1, noNaN: true }),
  wantsReasoning: fc.boolean(),
  structured: fc.constantFrom('none' as const, 'json' as const, 'schema' as const),
  ask: fc.string({ maxLength: 300 }),
  tags: fc.dictionary(fc.constantFrom('priority', 'job'), fc.constantFrom('batch', 'low', 'critical', 'x')),
  now: fc.nat(4_000_000_000_000),
});

describe('the default rules', () => {
  it('never send what the recogniser is unsure of to the light tier', () => {
    fc.assert(
      fc.property(anySubject, (rest) => {
        expect(tierOf({ ...rest, task: 'unsure' })).not.toBe('light');
      }),
    );
  });

  it('always keep security, architecture, reasoning and expert work on the frontier', () => {
    fc.assert(
      fc.property(
        anySubject,
        fc.constantFrom(
          'security' as const,
          'architecture' as const,
          'reasoning' as const,
          'expert' as const,
        ),
        (rest, task) => {
          expect(tierOf({ ...rest, task })).toBe('frontier');
        },
      ),
    );
  });

  it.each([
    ['formatting', 'light'],
    ['completion', 'light'],
    ['extraction', 'light'],
    ['translation', 'light'],
    ['smalltalk', 'light'],
    ['background', 'light'],
    ['code-review', 'mid'],
    ['refactoring', 'mid'],
    ['documentation', 'mid'],
    ['test-writing', 'mid'],
    ['debugging', 'mid'],
    ['coding', 'mid'],
    ['writing', 'mid'],
    ['summarisation', 'mid'],
    ['question', 'mid'],
    ['maths', 'mid'],
    ['unsure', 'mid'],
    ['architecture', 'frontier'],
    ['security', 'frontier'],
    ['reasoning', 'frontier'],
    ['expert', 'frontier'],
  ] as const)('send %s to %s', (task, tier) => {
    expect(tierOf({ task })).toBe(tier);
  });

  it('know every task', () => {
    const unnamed = tasks.filter((task) => wishOf(subjectOf({ task, tags: {} })).rule === undefined);

    expect(unnamed).toEqual(['unsure']);
  });

  it('tell refactoring across files from that of one', () => {
    const task = 'refactoring';

    expect(tierOf({ task, ask: 'Refactor this function to use a map' })).toBe('mid');
    expect(tierOf({ task, ask: 'Rename the client across all services' })).toBe('frontier');
    expect(tierOf({ task, ask: 'migrate the codebase to ES modules' })).toBe('frontier');
  });

  it('take a review that asks for vulnerabilities for security analysis', () => {
    expect(tierOf({ task: 'code-review', ask: 'Review this for SQL injection' })).toBe('frontier');
    expect(tierOf({ task: 'code-review', ask: 'Review this for style' })).toBe('mid');
  });

  it('give edits of an agent to the mid tier, greetings to the light one', () => {
    expect(tierOf({ task: 'formatting', hasTools: true })).toBe('mid');
    expect(tierOf({ task: 'smalltalk', hasTools: true, promptTokens: 30_000 })).toBe('light');
  });

  it('listen to what callers say of the stakes', () => {
    expect(tierOf({ task: 'formatting', tags: { priority: 'critical' } })).toBe('frontier');
    expect(tierOf({ task: 'summarisation', tags: { priority: 'batch' } })).toBe('light');
    expect(tierOf({ task: 'security', tags: { priority: 'batch' } })).toBe('frontier');
  });

  it('are what they were after a way through YAML', () => {
    expect(parse(stringify(defaultRules()))).toEqual(defaultRules());
  });
});
