import { describe, expect, it } from 'vitest';
import type { Model } from '../core/model.ts';
import { Health } from './health.ts';

const model = { id: 'p/m' } as Model;
const world = () => {
  let nowMs = 0;
  return { now: () => nowMs, monotonicMs: () => nowMs, random: () => 0, pass: (ms: number) => (nowMs += ms) };
};

describe('health', () => {
  it('leaves a model alone after five failures in a row, and probes it once after ten seconds', () => {
    const time = world();
    const health = new Health(time);
    for (let failure = 0; failure < 4; failure += 1) health.failed(model, undefined);
    expect(health.isHealthy(model)).toBe(true);

    health.failed(model, undefined);
    expect(health.isHealthy(model)).toBe(false);

    time.pass(10_000);
    expect(health.isHealthy(model)).toBe(true);
    health.begin(model);
    expect(health.isHealthy(model)).toBe(false);
    health.succeeded(model);
    expect(health.isHealthy(model)).toBe(true);
  });

  it('waits as long as the provider asked, but never over a minute', () => {
    const time = world();
    const health = new Health(time);

    health.failed(model, 3_600_000);

    expect(health.isHealthy(model)).toBe(false);
    time.pass(60_000);
    expect(health.isHealthy(model)).toBe(true);
  });

  it('does not wait for ever on a probe whose caller hung up', () => {
    const time = world();
    const health = new Health(time);
    health.failed(model, 1000);
    time.pass(1000);
    health.begin(model);

    health.abandoned(model);

    expect(health.isHealthy(model)).toBe(true);
  });

  it('gives the probe to one call alone', () => {
    const time = world();
    const health = new Health(time);
    health.failed(model, 1000);
    expect(health.begin(model)).toBe(false);

    time.pass(1000);

    expect(health.begin(model)).toBe(true);
    expect(health.begin(model)).toBe(false);
  });

  it('waits out what the provider asked for, whatever calls that were under way come to', () => {
    const time = world();
    const health = new Health(time);
    health.failed(model, 30_000);

    health.succeeded(model);
    for (let failure = 0; failure < 5; failure += 1) health.failed(model, undefined);
    time.pass(29_000);

    expect(health.isHealthy(model)).toBe(false);
  });

  it('starts anew after a success', () => {
    const health = new Health(world());
    for (let failure = 0; failure < 4; failure += 1) health.failed(model, undefined);
    health.succeeded(model);

    health.failed(model, undefined);

    expect(health.isHealthy(model)).toBe(true);
  });
});
