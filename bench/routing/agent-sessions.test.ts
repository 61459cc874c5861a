import { describe, expect, it } from 'vitest';
import { always, lineUp, ours, perAsk } from './agent-policies.ts';
import { play, type SimulatedAsk, type SimulatedSession } from './agent-simulation.ts';

const models = lineUp({
  frontier: 'claude-opus-5-5',
  mid: 'claude-sonnet-5-5',
  light: 'claude-haiku-5-5',
});

const ask = (rest: Partial<SimulatedAsk>): SimulatedAsk => ({
  difficulty: 0.1,
  seen: 0.1,
  pauseMs: 1000,
  calls: Array.from({ length: 6 }, () => ({ newTokens: 1000, outputTokens: 300, gapMs: 1000 })),
  again: undefined,
  luck: [0, 0],
  showsErrors: true,
  noise: [],
  ...rest,
});
const session = (...asks: readonly SimulatedAsk[]): SimulatedSession => ({ firstPrompt: 100_000, asks });
const [hard, easier] = [
  { difficulty: 0.6, seen: 0.9 },
  { difficulty: 0.1, seen: 0.55 },
];

describe('a simulated session', () => {
  it('is billed call by call: written once, then read while the cache lives', () => {
    const { costUsd, calls } = play(session(ask({})), always('frontier', models.frontier));

    // 101,000 tokens written, then 1,000 more each time; read at a twentieth; answers of 300
    const written = (101_000 + 5 * 1000) * 5;
    const read = (101_000 + 102_000 + 103_000 + 104_000 + 105_000) * 0.2;
    expect(calls).toBe(6);
    expect(costUsd).toBeCloseTo((written + read + 6 * 300 * 20) / 1e6, 9);
  });

  it('writes all of it anew after a long pause', () => {
    const [warm, cold] = [1000, 600_000].map(
      (pauseMs) => play(session(ask({}), ask({ pauseMs })), always('mid', models.mid)).costUsd,
    ) as [number, number];

    expect(cold - warm).toBeCloseTo((106_000 * (2.5 - 0.1)) / 1e6, 9);
  });

  it('is held by our policy where moving for each ask is too much at risk', () => {
    const twice = session(ask(hard), ask(easier));

    expect(play(twice, perAsk(models)).switches).toBe(1);
    expect(play(twice, ours(models)).switches).toBe(0);
    expect(play(twice, ours(models, 'loose', { hold: false })).switches).toBe(1);
  });

  it('goes up with our policy where its tools fail', () => {
    const failing = session(
      ask({
        ...{ difficulty: 0.5, seen: 0.1, luck: [0.9, 0.9] },
        calls: Array.from({ length: 14 }, () => ({ newTokens: 1000, outputTokens: 300, gapMs: 1000 })),
      }),
    );

    expect(play(failing, always('light', models.light)).solved).toBe(0);
    expect(play(failing, ours(models))).toMatchObject({ solved: 1, switches: 1 });
  });
});
