import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../core/model.ts';
import { subjectOf } from '../conditions/subject-of.cases.ts';
import { compileStrategy, strategies, strategySchema } from './index.ts';
import { questionOf, strategyParts } from './parts-of.cases.ts';

const tierModels = {
  light: ['p/small', 'q/small'] as ModelId[],
  mid: ['p/middle'] as ModelId[],
  frontier: ['p/large'] as ModelId[],
};

const wish = (config: unknown, subject = subjectOf()) =>
  compileStrategy(strategySchema.parse(config), strategyParts({ tiers: tierModels }))(questionOf(subject));

describe.each(strategies)('the strategy "$type"', ({ summary, type }) => {
  it('says what it does and is told apart by its type', () => {
    expect(summary).toMatch(/\.$/);
    expect(strategySchema.safeParse({ type, use: 'mid', rules: [], surprise: 1 }).success).toBe(false);
  });
});

describe('rules', () => {
  const rules = [
    { name: 'small ones', when: { tokens: { max: 100 } }, use: 'light' },
    { name: 'questions', when: { task: 'question' }, use: ['p/large', 'light'] },
    { name: 'the rest of research', when: { caller: 'research' }, use: 'frontier' },
  ];

  it('take the first that holds', () => {
    expect(wish({ type: 'rules', rules }, subjectOf({ promptTokens: 50 }))).toMatchObject({
      rule: 'small ones',
      tier: 'light',
      models: ['p/small', 'q/small'],
    });
    expect(wish({ type: 'rules', rules }, subjectOf({ task: 'coding' }))).toMatchObject({
      rule: 'the rest of research',
    });
  });

  it('ask a list in its order, the tier being that of the first', () => {
    expect(wish({ type: 'rules', rules })).toMatchObject({
      rule: 'questions',
      tier: 'frontier',
      models: ['p/large', 'p/small', 'q/small'],
    });
  });

  it('end with what stands under otherwise, mid by default', () => {
    const stranger = subjectOf({ task: 'coding', caller: 'sales' });

    expect(wish({ type: 'rules', rules }, stranger)).toMatchObject({ tier: 'mid' });
    expect(wish({ type: 'rules', rules }, stranger).rule).toBeUndefined();
    expect(wish({ type: 'rules', rules, otherwise: 'frontier' }, stranger).tier).toBe('frontier');
  });

  it('say why', () => {
    expect(wish({ type: 'rules', rules }).reasons).toEqual(['rule "questions": p/large, light']);
  });

  it('are refused without a name or a target', () => {
    expect(strategySchema.safeParse({ type: 'rules', rules: [{ when: {}, use: 'mid' }] }).success).toBe(
      false,
    );
    expect(strategySchema.safeParse({ type: 'rules', rules: [{ name: 'x', when: {} }] }).success).toBe(false);
  });
});

describe('fixed', () => {
  it('always wishes the same', () => {
    expect(wish({ type: 'fixed', use: 'light' })).toMatchObject({
      tier: 'light',
      models: ['p/small', 'q/small'],
    });
    expect(wish({ type: 'fixed', use: 'q/small' })).toMatchObject({
      tier: 'light',
      models: ['q/small'],
      mayRise: false,
    });
  });
});
