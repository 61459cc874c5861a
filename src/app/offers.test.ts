import { describe, expect, it } from 'vitest';
import { localCaller } from '../core/caller.ts';
import { configFromText } from './config.ts';
import { composeSnapshot } from './snapshot.ts';

const composed = (yaml = '') => {
  const text = [
    'providers:',
    '  local:',
    '    type: ollama',
    '    models: { m: { tier: light, prices: { input: 0, output: 0 } } }',
    'routes: { careful: {} }',
    yaml,
  ].join('\n');
  const { config, findings } = configFromText(text, { environment: {}, folder: '/' });
  if (!config) throw new Error(findings.map(({ message }) => message).join('\n'));
  return composeSnapshot(config, {
    ...{ isHealthy: () => true, waitMs: () => 0, now: () => 0, simulation: undefined },
  });
};

describe('routes and tiers', () => {
  it.each([
    ['claude-auto', { type: 'route', route: 'auto' }],
    ['claude-careful', { type: 'route', route: 'careful' }],
    ['claude-light', { type: 'tier', tier: 'light' }],
    ['auto[1m]', { type: 'route', route: 'auto' }],
    ['claude-careful[1m]', { type: 'route', route: 'careful' }],
    ['light[1M]', { type: 'tier', tier: 'light' }],
    ['local/m[1m]', { type: 'model', model: expect.objectContaining({ id: 'local/m' }) }],
  ])('are meant by %s', (name, meant) => expect(composed().resolve(name)).toEqual(meant));

  it('have a second name only where nobody wrote another meaning for it', () => {
    const { resolve, snapshot } = composed('intercept: [{ match: claude-auto, tier: light }]');
    const offers = snapshot.offers(localCaller).filter(({ id }) => id === 'claude-auto');

    expect(resolve('claude-auto')).toEqual({ type: 'tier', tier: 'light' });
    expect(offers).toHaveLength(1);
    expect(offers[0]?.isAlias).toBeUndefined();
  });

  it('are offered by their second names as those who may use them', () => {
    const { snapshot } = composed();
    const ids = snapshot.offers({ name: 'team', routes: ['careful'] }).map(({ id }) => id);

    expect(ids).toEqual(['careful', 'claude-careful']);
  });
});
