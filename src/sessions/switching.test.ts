import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, modelsOf } from '../catalog/index.ts';
import { dialectNames, type Model } from '../core/model.ts';
import { type NanoUsd, toUsd } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import { aliveAfter, cacheAt, cacheWishOf } from './cache-at.ts';
import { agentsDoubling } from './lengths.ts';
import { requestOf } from './sample.cases.ts';
import { type Course, type Seat, worthOf } from './switching.ts';
import { strangersFactor } from './token-measure.ts';

const models: readonly Model[] = ['anthropic', 'openai', 'google'].flatMap((name) =>
  modelsOf({ name, catalogue: name, dialects: dialectNames, custom: {} }),
);
const model = (name: string): Model => models.find((known) => known.name === name) as Model;

const seatOf = (name: string, heldTokens = 0, idleMs = 0): Seat => {
  const found = model(name);
  const dialect = name.startsWith('claude') ? 'anthropic-messages' : 'openai-responses';
  return { model: found, cache: cacheAt(found, '5m', dialect), heldTokens, idleMs, tokenFactor: 1 };
};

const courseOf = (rest: Partial<Course> = {}): Course => ({
  promptTokens: 100_000,
  growthTokens: 0,
  outputTokens: 1000,
  further: Array.from({ length: 11 }, () => 1),
  gapMs: 0,
  lostThoughtTokens: 0,
  ...rest,
});

const certain = (turns: number): readonly number[] => Array.from({ length: turns }, () => 1);

describe('the worth of going to another model', () => {
  // the example of WIRE 10.6
  it.each([
    ['claude-sonnet-5-5', 0.22, 0.02, 11],
    ['gpt-6.1-terra', 0.09, 0.03, 3],
  ])('from Opus 5.5 to %s: $%s at once, $%s less a turn: even after %i turns', (to, loss, saving, turns) => {
    const from = seatOf('claude-opus-5-5', 100_000);
    // 100,000 is no multiple of 128: as if it were
    const there = { ...seatOf(to), cache: { ...seatOf(to).cache, stepTokens: 1 } };
    const worth = (further: number) => worthOf(from, there, courseOf({ further: certain(further) }));

    expect(toUsd(worth(turns).cacheLoss)).toBeCloseTo(loss, 9);
    expect(toUsd(worth(turns).savingPerTurn)).toBeCloseTo(saving, 9);
    expect(toUsd(worth(turns).expectedValue)).toBe(0);
    expect(worth(turns - 1).expectedValue).toBeLessThan(0n);
    expect(worth(turns + 1).expectedValue).toBeGreaterThan(0n);
  });

  it('is told in the documentation as it is', () => {
    const page = readFileSync(new URL('../../docs/how-to/conversations.md', import.meta.url), 'utf8');
    const course = courseOf({ further: [1] });
    const priceOf = (to: string): readonly [number, number] => {
      const there = { ...seatOf(to), cache: { ...seatOf(to).cache, stepTokens: 1 } };
      const { cacheLoss, savingPerTurn } = worthOf(seatOf('claude-opus-5-5', 100_000), there, course);
      return [0.04 + toUsd(cacheLoss), 0.04 - toUsd(savingPerTurn)];
    };

    for (const name of ['claude-sonnet-5-5', 'gpt-6.1-terra']) {
      const [first, later] = priceOf(name);
      expect(page).toContain(`| going to \`${name}\` | $${first.toFixed(3)} | $${later.toFixed(3)} |`);
    }
    expect(page).toContain(`${Math.round(100 * agentsDoubling)} % came to 2n`);
    expect(page).toContain(`${Math.round(100 * (strangersFactor - 1))} % finer`);
  });

  it('loses no cache where it has died already', () => {
    const worth = worthOf(
      seatOf('claude-opus-5-5', 100_000, 5 * 60_000),
      seatOf('claude-sonnet-5-5'),
      courseOf(),
    );

    expect(worth.cacheLoss).toBeLessThan(0n);
    expect(worth.expectedValue).toBeGreaterThan(0n);
  });

  it('counts what has to be thought again', () => {
    const [from, to] = [seatOf('claude-opus-5-5', 100_000), seatOf('gpt-6.1-terra')];
    const without = worthOf(from, to, courseOf());
    const lost = worthOf(from, to, courseOf({ lostThoughtTokens: 2000 }));

    expect(toUsd(lost.reasoningLoss)).toBe(0.01);
    expect(lost.expectedValue).toBe(without.expectedValue - lost.reasoningLoss);
  });

  it('reads what is still warm where it comes back to', () => {
    const [from, to] = [seatOf('claude-opus-5-5', 100_000), seatOf('claude-sonnet-5-5', 90_000, 60_000)];

    expect(toUsd(worthOf(from, to, courseOf()).cacheLoss)).toBeCloseTo(0.009 + 0.025 + 0.01 - 0.04, 9);
  });
});

/** A cache as its vendor has it, turn by turn: written from WIRE 10 once more, and billed by the catalogue. */
const billOf = (seat: Seat, course: Course, isAlive: boolean): bigint => {
  const { stepTokens, leastTokens, written } = seat.cache;
  const write = `${written}Tokens` as keyof Usage;
  const count = (tokens: number): number => Math.round(tokens * seat.tokenFactor);
  let entry = isAlive ? seat.heldTokens : 0;
  let sum = 0n;
  for (let turn = 0; turn <= course.further.length; turn += 1) {
    const prompt = count(course.promptTokens + turn * course.growthTokens);
    const cached =
      prompt < leastTokens || stepTokens === 0 ? 0 : Math.floor(prompt / stepTokens) * stepTokens;
    const read = Math.min(entry, cached);
    const usage = { ...noUsage, cacheReadTokens: read, outputTokens: count(course.outputTokens) };
    sum += costOf(
      { ...usage, [write]: cached - read, inputTokens: prompt - cached },
      (seat.model as Model).prices,
    );
    entry = cached;
  }
  return sum;
};

const seats = fc.record({
  name: fc.constantFrom(
    ...['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-haiku-4-5', 'claude-opus-4-6'],
    ...['gpt-6.1-terra', 'gpt-5.5', 'gpt-6-sol', 'gpt-4.1'],
  ),
  held: fc.nat(400_000),
  tokenFactor: fc.constantFrom(1, 1.35, 0.8),
});
const courses = fc.record({
  promptTokens: fc.integer({ min: 1, max: 400_000 }),
  growthTokens: fc.nat(5000),
  outputTokens: fc.nat(8000),
  turns: fc.nat(40),
});
const seatFrom = ({
  name,
  held,
  tokenFactor,
}: {
  name: string;
  held: number;
  tokenFactor: number;
}): Seat => ({
  ...seatOf(name, held),
  tokenFactor,
});

describe('the money of a switch', () => {
  it('is what the vendors bill turn by turn, to the nano-dollar', () => {
    fc.assert(
      fc.property(seats, seats, courses, ({ ...a }, { ...b }, { turns, ...rest }) => {
        const [from, to] = [seatFrom(a), seatFrom({ ...b, held: 0 })];
        const course = courseOf({ ...rest, further: certain(turns) });

        expect(worthOf(from, to, course).expectedValue).toBe(
          billOf(from, course, true) - billOf(to, course, false),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is the mean of both worlds where the old entry lives by chance', () => {
    fc.assert(
      fc.property(seats, courses, fc.integer({ min: 300_000, max: 600_000 }), (a, rest, idleMs) => {
        const from = { ...seatFrom({ ...a, name: 'gpt-5.5' }), idleMs };
        const to = seatOf('gpt-6.1-terra');
        const course = courseOf({ ...rest, further: certain(rest.turns) });
        const alive = aliveAfter(from.cache, idleMs);
        const staying =
          alive * Number(billOf(from, course, true)) + (1 - alive) * Number(billOf(from, course, false));

        const value = Number(worthOf(from, to, course).expectedValue);
        expect(Math.abs(value - (staying - Number(billOf(to, course, false))))).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('never gains from going where every price is the same or higher', () => {
    fc.assert(
      fc.property(seats, courses, (a, { turns, ...rest }) => {
        const from = seatFrom({ ...a, tokenFactor: 1 });

        const { expectedValue } = worthOf(
          from,
          { ...from, heldTokens: 0 },
          courseOf({ ...rest, further: certain(turns) }),
        );
        expect(expectedValue).toBeLessThanOrEqual(0n as NanoUsd);
      }),
    );
  });
});

describe('a cache', () => {
  it.each([
    ['claude-opus-5-5', 'anthropic-messages', 512],
    ['claude-opus-4-7', 'anthropic-messages', 2048],
    ['claude-haiku-4-5', 'anthropic-messages', 4096],
    ['gpt-6.1-terra', 'openai-responses', 1024],
    ['gemini-3.1-pro-preview', 'gemini', 4096],
  ] as const)('of %s keeps prompts from its least length on', (name, dialect, least) => {
    expect(cacheAt(model(name), '5m', dialect).leastTokens).toBe(least);
  });

  it('of a Claude keeps nothing that is not marked, and for an hour where that is asked for', () => {
    const claude = model('claude-opus-5-5');

    expect(cacheAt(claude, undefined, 'anthropic-messages').stepTokens).toBe(0);
    expect(cacheAt(claude, '1h', 'anthropic-messages')).toMatchObject({
      livesMs: 3_600_000,
      written: 'cacheWrite1h',
    });
  });

  it('is wished for by marks on instructions, tools and the newest words', () => {
    const marked = { type: 'text', text: 'hi', cache: '1h' } as const;

    expect(cacheWishOf(requestOf([]))).toBeUndefined();
    expect(cacheWishOf(requestOf([], { system: [marked] }))).toBe('1h');
    expect(cacheWishOf(requestOf([{ role: 'user', blocks: [marked] }]))).toBe('1h');
    expect(cacheWishOf(requestOf([], { extras: { cache_control: { type: 'ephemeral' } } }))).toBe('5m');
  });

  it('dies by chance between the times that its maker names', () => {
    const cache = cacheAt(model('gpt-5.5'), undefined, 'openai-responses');

    expect([0, 4, 7.5, 10].map((minutes) => aliveAfter(cache, minutes * 60_000))).toEqual([1, 1, 0.5, 0]);
  });
});
