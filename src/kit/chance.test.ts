import { describe, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';
import { timeSortedId } from './ids.ts';

describe('a chance drawn from a text', () => {
  it('is the same each time, and another for another text or salt', () => {
    expect(chanceOf('session-1')).toBe(chanceOf('session-1'));
    expect(chanceOf('session-1')).not.toBe(chanceOf('session-2'));
    expect(chanceOf('session-1', 1)).not.toBe(chanceOf('session-1'));
  });

  it('is spread evenly, though the texts differ in their ends only', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let index = 0; index < 20_000; index += 1)
      (buckets[Math.floor(chanceOf(`conversation-${index}`) * 10)] as number) += 1;

    for (const count of buckets) expect(Math.abs(count - 2_000)).toBeLessThan(250);
  });

  it('lies in [0, 1) for ids as exchanges have them', () => {
    for (let index = 0; index < 1_000; index += 1) {
      const chance = chanceOf(timeSortedId(1_700_000_000_000 + index));

      expect(chance).toBeGreaterThanOrEqual(0);
      expect(chance).toBeLessThan(1);
    }
  });
});
