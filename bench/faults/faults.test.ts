import { describe, expect, it } from 'vitest';
import { report } from './report.ts';
import { play } from './run.ts';
import { type Figure, isPassed, worse } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/** Tests run beside others on machines of any kind: what is a time may take so many times as long. */
const margin = 8;

const withRoom = (figure: Figure): Figure => {
  const { isMeasured, most, least } = figure;
  if (!isMeasured) return figure;
  return {
    ...figure,
    ...(most !== undefined && { most: most * margin }),
    ...(least !== undefined && { least: least / margin }),
  };
};

const failing = (figures: readonly Figure[]): readonly string[] =>
  figures
    .filter((figure) => !isPassed(withRoom(figure)))
    .map(({ what, value, unit }) => `${what}: ${value} ${unit}`);

describe.skipIf(process.platform !== 'linux')('a gateway in trouble', () => {
  it.each(scenarios.filter(({ isQuick }) => isQuick))(
    'stands $id: $title',
    async (scenario) => {
      const { figures } = await play(scenario, { runs: 1, isFull: false, seed: 'test' });

      expect(figures.length).toBeGreaterThan(0);
      expect(failing(figures)).toEqual([]);
    },
    120_000,
  );
});

describe('the harness of faults', () => {
  const figure = (value: number, rest: Partial<Figure> = {}): Figure => ({
    what: 'x',
    value,
    unit: '',
    most: 10,
    ...rest,
  });

  const atLeast = (value: number): Figure => ({ what: 'x', value, unit: '', least: 1 });

  it('names each scenario once', () => {
    const ids = scenarios.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps the worse of two figures', () => {
    expect(worse(figure(3), figure(9)).value).toBe(9);
    expect(worse(figure(11), figure(9)).value).toBe(11);
    expect(worse(atLeast(3), atLeast(2)).value).toBe(2);
    expect(worse(figure(5, { least: 5, most: 5 }), figure(4, { least: 5, most: 5 })).value).toBe(4);
  });

  it('tells what fails', () => {
    const text = report([
      { id: 'A1', title: 'a', figures: [figure(3)], isPassed: true, tookMs: 1 },
      { id: 'A2', title: 'b', figures: [figure(11)], isPassed: false, tookMs: 1 },
    ]);

    expect(text).toContain('| **A2** | b | x | 11 | ≤ 10 | **FAIL** |');
    expect(text).toContain('1 of 2 scenarios fail: A2.');
  });
});
