import { describe, expect, it } from 'vitest';
import type { SimulatedModel } from '../simulated-model.ts';
import { requestBody } from '../simulated-prompt.ts';
import { createTaskWorld } from '../world/task-world.ts';
import { worldModels } from '../world-models.ts';
import { openaiWire } from './openai/index.ts';
import { PromptCache } from './prompt-cache.ts';
import { countTokens } from './tokens.ts';
import type { Segment } from './wire.ts';

const model = (name: string): SimulatedModel =>
  worldModels.find((each) => each.name === name) as SimulatedModel;
const segment = (words: string, count: number, cache?: Segment['cache']): Segment => {
  const text = ` ${words}`.repeat(count);
  return { text, tokens: countTokens(text), ...(cache && { cache }) };
};
const minute = 60_000;

describe('an automatic prompt cache', () => {
  it('reads a prefix of at least 1,024 tokens again, in steps of 128, for five minutes', () => {
    const cache = new PromptCache();
    const read = (segments: readonly Segment[], now: number, account = 'k') => {
      const cached = cache.read(model('sim-light-a'), account, segments, now);
      cached.remember();
      return cached.tokens;
    };
    const prefix = segment('rule', 1200);

    expect(read([prefix, segment('one', 30)], 0)).toMatchObject({ cacheRead: 0, uncached: 1230 });
    expect(read([prefix, segment('two', 30)], 4 * minute)).toMatchObject({ cacheRead: 1152, uncached: 78 });
    expect(read([prefix, segment('two', 30)], 8 * minute)).toMatchObject({ cacheRead: 1152 });
    expect(read([prefix, segment('two', 30)], 14 * minute)).toMatchObject({ cacheRead: 0 });
    expect(read([prefix], 15 * minute, 'another key')).toMatchObject({ cacheRead: 0 });
    expect(read([segment('other', 1), prefix], 15 * minute)).toMatchObject({ cacheRead: 0 });
    expect(read([segment('rule', 1000)], 15 * minute)).toMatchObject({ cacheRead: 0, uncached: 1000 });
  });

  it('is not readable before the first answer begins', () => {
    const cache = new PromptCache();
    const segments = [segment('rule', 1200)];

    cache.read(model('sim-light-a'), 'k', segments, 0);

    expect(cache.read(model('sim-light-a'), 'k', segments, 1).tokens.cacheRead).toBe(0);
  });

  it('charges writes for models that do, each token in one class', () => {
    const cache = new PromptCache();
    const first = cache.read(model('sim-frontier-a'), 'k', [segment('rule', 1200)], 0);
    first.remember();
    const second = cache.read(model('sim-frontier-a'), 'k', [segment('rule', 1400)], 20 * minute);

    expect(first.tokens).toMatchObject({ cacheWrite30m: 1152, uncached: 48, cacheRead: 0 });
    expect(second.tokens).toMatchObject({ cacheRead: 1152, cacheWrite30m: 128, uncached: 120 });
  });

  it('never comes into play between tasks of the world, so that their costs do not hang on the order', () => {
    const cache = new PromptCache();
    const light = model('sim-light-a');

    for (const task of createTaskWorld({ seed: 1, size: 600 }).tasks()) {
      const { segments } = openaiWire.read(requestBody(task, 'openai-chat'), {
        headers: {},
        model: light,
        organisation: 'k',
        route: { type: 'answer' },
      });
      const cached = cache.read(light, 'k', segments, 0);
      cached.remember();
      expect(cached.tokens.cacheRead).toBe(0);
    }
  });
});

describe('an explicit prompt cache', () => {
  const claude = model('sim-mid-b');

  it('writes at breakpoints only, and reads from the longest entry it finds', () => {
    const cache = new PromptCache();
    const read = (segments: readonly Segment[], now: number) => {
      const cached = cache.read(claude, 'k', segments, now);
      cached.remember();
      return cached.tokens;
    };
    const tools = segment('tool', 1500, '1h');
    const system = segment('system', 300, '5m');

    expect(read([tools, segment('x', 100)], 0)).toMatchObject({
      cacheWrite1h: 1500,
      cacheWrite5m: 0,
      uncached: 100,
    });
    expect(read([tools, system, segment('y', 50)], minute)).toMatchObject({
      cacheRead: 1500,
      cacheWrite5m: 300,
      uncached: 50,
    });
    expect(read([tools, system, segment('z', 60, '5m')], 2 * minute)).toMatchObject({
      cacheRead: 1800,
      cacheWrite5m: 60,
      uncached: 0,
    });
    expect(read([tools, system], 30 * minute)).toMatchObject({ cacheRead: 1500, cacheWrite5m: 300 });
    expect(read([segment('tool', 1500), system], 31 * minute)).toMatchObject({ cacheRead: 1800 });
  });

  it('does nothing without breakpoints or below the least length', () => {
    const cache = new PromptCache();

    expect(cache.read(claude, 'k', [segment('long', 3000)], 0).tokens).toMatchObject({
      uncached: 3000,
      cacheWrite5m: 0,
    });
    expect(cache.read(claude, 'k', [segment('short', 500, '5m')], 0).tokens).toMatchObject({
      uncached: 500,
      cacheWrite5m: 0,
    });
  });
});
