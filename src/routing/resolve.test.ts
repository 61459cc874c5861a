import { describe, expect, it } from 'vitest';
import { sampleModel } from '../testing/sample-model.ts';
import { createResolver, type Intercept, interceptSchema } from './resolve.ts';

const opus = sampleModel('claude-opus-5', { provider: 'anthropic' });
const nano = sampleModel('gpt-nano', { provider: 'openai' });

const resolverOf = (...intercepts: readonly Intercept[]) =>
  createResolver({
    intercepts,
    routes: new Set(['auto', 'review']),
    find: (name) => [opus, nano].find((model) => model.id === name || model.name === name),
    near: (name) => (name.startsWith('aut') ? ['auto'] : []),
  });

describe('what a model name means', () => {
  const resolve = resolverOf(
    { match: 'claude-opus-*', route: 'review' },
    { match: 'claude-haiku-*', tier: 'light' },
    { match: 'gpt-old', model: 'gpt-nano' },
  );

  it('knows routes, tiers and models', () => {
    expect(resolve('auto')).toEqual({ type: 'route', route: 'auto' });
    expect(resolve('frontier')).toEqual({ type: 'tier', tier: 'frontier' });
    expect(resolve('openai/gpt-nano')).toEqual({ type: 'model', model: nano });
  });

  it('sends names that clients hard-code where the configuration says', () => {
    expect(resolve('claude-opus-4-1-20250805')).toEqual({ type: 'route', route: 'review' });
    expect(resolve('claude-haiku-4-5')).toEqual({ type: 'tier', tier: 'light' });
    expect(resolve('gpt-old')).toEqual({ type: 'model', model: nano });
  });

  it('leaves the whole id as the way round an intercept', () => {
    expect(resolve('anthropic/claude-opus-5')).toEqual({ type: 'model', model: opus });
  });

  it('takes the first intercept that fits', () => {
    const first = resolverOf({ match: 'claude-*', tier: 'mid' }, { match: 'claude-opus-*', tier: 'light' });

    expect(first('claude-opus-5')).toEqual({ type: 'tier', tier: 'mid' });
  });

  it('refuses an unknown name with its neighbours', () => {
    expect(() => resolve('auta')).toThrowError(/Did you mean auto\?/);
    expect(() => resolve('x')).toThrowError(
      expect.objectContaining({ code: 'unknown-model', param: 'model' }),
    );
  });

  it('answers the same the second time, and after many strange names', () => {
    for (let index = 0; index < 3_000; index++) expect(() => resolve(`strange-${index}`)).toThrow();

    expect(resolve('auto')).toEqual({ type: 'route', route: 'auto' });
  });

  it('has intercepts name exactly one target', () => {
    expect(interceptSchema.safeParse({ match: 'x' }).success).toBe(false);
    expect(interceptSchema.safeParse({ match: 'x', tier: 'light', route: 'auto' }).success).toBe(false);
    expect(interceptSchema.safeParse({ match: 'x', tier: 'light' }).success).toBe(true);
  });
});
