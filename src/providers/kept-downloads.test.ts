import { describe, expect, it } from 'vitest';
import { KeptDownloads } from './kept-downloads.ts';

const keeping = (limits = { bytes: 1200, forMs: 1000 }) => {
  let nowMs = 0;
  const asked: string[] = [];
  let fails = false;
  const downloads = new KeptDownloads(
    async (address) => {
      asked.push(address);
      if (fails) throw new Error('gone');
      return { bytes: Buffer.alloc(40), mediaType: 'image/png' };
    },
    { now: () => nowMs, monotonicMs: () => nowMs, random: () => 0 },
    limits,
  );
  return {
    downloads,
    asked,
    pass: (ms: number) => {
      nowMs += ms;
    },
    fail: (isFailing: boolean) => {
      fails = isFailing;
    },
  };
};

describe('what was fetched', () => {
  it('is fetched once, however many want it at a time or later', async () => {
    const { downloads, asked } = keeping();

    const [first, second] = await Promise.all([downloads.get('a'), downloads.get('a')]);
    const third = await downloads.get('a');

    expect(asked).toEqual(['a']);
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  it('is fetched again after a while', async () => {
    const { downloads, asked, pass } = keeping();
    await downloads.get('a');

    pass(1000);
    await downloads.get('a');

    expect(asked).toEqual(['a', 'a']);
  });

  it('makes room for what is newer', async () => {
    const { downloads, asked } = keeping();

    for (const address of ['a', 'b', 'c', 'b', 'c', 'a']) await downloads.get(address);

    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  it('weighs its address, too: a picture may be shorter than that', async () => {
    const { downloads, asked } = keeping();
    const long = 'a'.repeat(600);

    for (const address of [long, 'b', long]) await downloads.get(address);

    expect(asked).toEqual([long, 'b', long]);
  });

  it('larger than all the room is not kept', async () => {
    const { downloads, asked } = keeping({ bytes: 30, forMs: 1000 });

    await downloads.get('a');
    await downloads.get('a');

    expect(asked).toEqual(['a', 'a']);
  });

  it('in vain is tried again the next time', async () => {
    const { downloads, asked, fail } = keeping();
    fail(true);
    await expect(downloads.get('a')).rejects.toThrow('gone');

    fail(false);
    await downloads.get('a');

    expect(asked).toEqual(['a', 'a']);
  });
});
