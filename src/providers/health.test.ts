import { describe, expect, it } from 'vitest';
import type { ModelId } from '../core/model.ts';
import { demote, Health, type Seat } from './health.ts';
import type { Credential } from './provider.ts';

const credential = (name: string, key = 'key'): Credential => ({
  name,
  key,
  baseUrl: new URL('https://example.com'),
  weight: 1,
});
const seat = (model = 'p/m', name = 'p', key = 'key'): Seat => ({
  model: { id: model as ModelId },
  credential: credential(name, key),
});
const world = () => {
  let nowMs = 0;
  return { now: () => nowMs, monotonicMs: () => nowMs, random: () => 0, pass: (ms: number) => (nowMs += ms) };
};
const setting = () => {
  const time = world();
  return { time, health: new Health(time) };
};
const fail = (health: Health, times: number, at = seat()): void => {
  for (let failure = 0; failure < times; failure += 1) health.failed(at, { class: 'overloaded' });
};

describe('a circuit', () => {
  it('opens after five failures in a row, and lets one probe through after ten seconds', () => {
    const { time, health } = setting();
    fail(health, 4);
    expect(health.mayAsk(seat())).toBe(true);

    fail(health, 1);
    expect(health.mayAsk(seat())).toBe(false);
    expect(health.begin(seat())).toBe(false);

    time.pass(10_000);
    expect(health.begin(seat())).toBe(true);
    expect(health.begin(seat())).toBe(false);
  });

  it('closes with the first sign of an answer, not with its end', () => {
    const { time, health } = setting();
    fail(health, 5);
    time.pass(10_000);
    health.begin(seat());

    health.answered(seat());

    expect(health.mayAsk(seat())).toBe(true);
    fail(health, 4);
    expect(health.mayAsk(seat())).toBe(true);
  });

  it('stays open for another period after a probe that failed', () => {
    const { time, health } = setting();
    fail(health, 5);
    time.pass(10_000);
    health.begin(seat());

    fail(health, 1);

    time.pass(9_999);
    expect(health.mayAsk(seat())).toBe(false);
    time.pass(1);
    expect(health.mayAsk(seat())).toBe(true);
  });

  it('does not wait for ever on a probe whose caller hung up', () => {
    const { time, health } = setting();
    fail(health, 5);
    time.pass(10_000);
    health.begin(seat());

    health.abandoned(seat());

    expect(health.begin(seat())).toBe(true);
  });

  it('is not closed by an answer that was under way when it opened', () => {
    const { health } = setting();
    fail(health, 5);

    health.succeeded(seat(), 'whole', 10, []);

    expect(health.mayAsk(seat())).toBe(false);
  });

  it('belongs to one model with one credential', () => {
    const { health } = setting();
    fail(health, 5);

    expect(health.mayAsk(seat('p/other'))).toBe(true);
    expect(health.mayAsk(seat('p/m', 'p#2'))).toBe(true);
    expect(health.isHealthy(seat().model, [credential('p'), credential('p#2')])).toBe(true);
    expect(health.isHealthy(seat().model, [credential('p')])).toBe(false);
  });

  it('starts anew after a success, or a no that is the request’s own fault', () => {
    const { health } = setting();
    fail(health, 4);
    health.succeeded(seat(), 'whole', 10, []);
    fail(health, 4);
    health.refused(seat());
    fail(health, 4);

    expect(health.mayAsk(seat())).toBe(true);
  });

  it('waits as long as an unwell model asked for, but never over a minute', () => {
    const { time, health } = setting();
    health.failed(seat(), { class: 'overloaded', retryAfterMs: 3_600_000 });

    time.pass(59_999);
    expect(health.mayAsk(seat())).toBe(false);
    time.pass(1);
    expect(health.mayAsk(seat())).toBe(true);
  });
});

describe('a credential', () => {
  it('that was told to wait is asked nothing before the time, whatever the model', () => {
    const { time, health } = setting();
    health.failed(seat(), { class: 'rate-limited', retryAfterMs: 30_000 });

    health.succeeded(seat(), 'whole', 10, []);
    health.answered(seat('p/other'));

    time.pass(29_999);
    expect(health.mayAsk(seat('p/other'))).toBe(false);
    expect(health.waitMs(seat())).toBe(1);
    expect(health.pause(credential('p'))?.code).toBe('rate-limited');
    expect(health.mayAsk(seat(), true)).toBe(true);
    expect(health.mayAsk(seat('p/m', 'p#2'))).toBe(true);
    time.pass(1);
    // a limit that is over is over: nobody waits for a probe
    expect(health.begin(seat())).toBe(true);
    expect(health.begin(seat())).toBe(true);
  });

  it('is not believed to wait for days', () => {
    const { time, health } = setting();
    health.failed(seat(), { class: 'rate-limited', retryAfterMs: 1e12 });

    time.pass(3_600_000);

    expect(health.mayAsk(seat())).toBe(true);
  });

  it('is not paused for one request that the account could not pay', () => {
    const { health } = setting();
    health.failed(seat(), { class: 'no-credit' });

    expect(health.mayAsk(seat())).toBe(true);
  });

  it('whose key is refused is left alone for a minute', () => {
    const { time, health } = setting();
    health.failed(seat(), { class: 'bad-key' });

    expect(health.mayAsk(seat('p/other'))).toBe(false);
    time.pass(60_000);
    expect(health.mayAsk(seat('p/other'))).toBe(true);
  });

  it('begins anew with a new key', () => {
    const { health } = setting();
    health.failed(seat(), { class: 'bad-key' });

    expect(health.mayAsk(seat('p/m', 'p', 'another'))).toBe(true);
  });
});

describe('an outlier', () => {
  const names = ['p', 'p#2', 'p#3'];
  const pool = names.map((name) => credential(name));
  const answer = (health: Health, at: number, ms: number, times = 5): void => {
    for (let call = 0; call < times; call += 1)
      health.succeeded({ ...seat(), credential: pool[at] as Credential }, 'stream', ms, pool);
  };
  const ejected = (health: Health): readonly string[] =>
    names.filter((name) => health.isEjected(seat('p/m', name)));

  it('is who takes several times as long as the others', () => {
    const { health } = setting();
    answer(health, 0, 100);
    answer(health, 1, 120);

    answer(health, 2, 1000);

    expect(ejected(health)).toEqual(['p#3']);
    expect(health.mayAsk(seat('p/m', 'p#3'))).toBe(true);
  });

  it('is nobody where all are slow, or where differences are too small to be felt', () => {
    const { health } = setting();
    for (const at of [0, 1, 2]) answer(health, at, 5000);
    expect(ejected(health)).toEqual([]);

    const { health: quick } = setting();
    answer(quick, 0, 1);
    answer(quick, 1, 20);
    expect(ejected(quick)).toEqual([]);
  });

  it('is who fails half of its calls, without five in a row', () => {
    const { health } = setting();
    for (let call = 0; call < 10; call += 1) {
      fail(health, 1);
      health.succeeded(seat(), 'whole', 10, []);
      fail(health, 1);
    }

    expect(ejected(health)).toEqual(['p']);
  });

  it('comes back after ten seconds by one call that does well', () => {
    const { time, health } = setting();
    answer(health, 0, 100);
    answer(health, 1, 1000);
    const slow = seat('p/m', 'p#2');
    time.pass(10_000);
    expect(health.isEjected(slow)).toBe(false);

    health.begin(slow);
    expect(health.isEjected(slow)).toBe(true);
    answer(health, 1, 100, 1);

    expect(health.isEjected(slow)).toBe(false);
  });

  it('stays away for longer after a call that does badly', () => {
    const { time, health } = setting();
    answer(health, 0, 100);
    answer(health, 1, 1000);
    const slow = seat('p/m', 'p#2');
    time.pass(10_000);
    health.begin(slow);
    answer(health, 1, 1000, 1);

    time.pass(19_999);
    expect(health.isEjected(slow)).toBe(true);
    time.pass(1);
    expect(health.isEjected(slow)).toBe(false);
  });
});

describe('demoting', () => {
  it('asks who did badly after the others', () => {
    expect(demote(['a', 'b', 'c'], (name) => name === 'a')).toEqual(['b', 'c', 'a']);
  });

  it('never demotes more than half', () => {
    expect(demote(['a', 'b', 'c'], (name) => name !== 'c')).toEqual(['b', 'c', 'a']);
    expect(demote(['a'], () => true)).toEqual(['a']);
  });
});
