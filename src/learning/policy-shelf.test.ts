import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PolicyShelf, publishTo, putInForce, readShelf, rollBack } from './policy-shelf.ts';

const emptyShelf = (): PolicyShelf => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-shelf-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder: join(folder, 'policies'), inForce: join(folder, 'policy.json') };
};

const policy = (name: string) => ({ policy: `${name}@1`, bytes: Buffer.from(name) });
const inForce = (shelf: PolicyShelf): string => readFileSync(shelf.inForce, 'utf8');
const namesOn = (shelf: PolicyShelf): readonly string[] =>
  readShelf(shelf).published.map(({ policy: name }) => name);

describe('a policy that somebody puts in force', () => {
  it('is what learning goes out from, with every label there is', () => {
    const shelf = emptyShelf();
    const learnt = { ...readShelf(shelf), learntUpTo: 5, triedUpTo: 6 };
    publishTo(shelf, learnt, policy('learnt').bytes, { policy: 'learnt@1', at: 6, why: 'learnt' });

    putInForce(shelf, policy('chosen'), policy('learnt'), 7);

    expect(inForce(shelf)).toBe('chosen');
    expect(readShelf(shelf)).toMatchObject({ base: 'chosen@1', learntUpTo: 0, triedUpTo: 0 });
    expect(namesOn(shelf)).toEqual(['learnt@1', 'chosen@1']);
  });

  it('leaves the one before it to go back to, wherever that came from', () => {
    const shelf = emptyShelf();

    putInForce(shelf, policy('chosen'), policy('shipped'), 1);
    const back = rollBack(shelf, 2);

    expect(back).toEqual({ from: 'chosen@1', to: 'shipped@1' });
    expect(inForce(shelf)).toBe('shipped');
    expect(readShelf(shelf)).toMatchObject({ base: 'shipped@1', triedUpTo: 2 });
  });

  it('has nothing to go back to where it was the first', () => {
    const shelf = emptyShelf();

    putInForce(shelf, policy('chosen'), undefined, 1);

    expect(() => rollBack(shelf, 2)).toThrow('no policy to go back to');
    expect(inForce(shelf)).toBe('chosen');
  });

  it('may come again, and stands on the shelf once', () => {
    const shelf = emptyShelf();
    putInForce(shelf, policy('one'), undefined, 1);
    putInForce(shelf, policy('two'), policy('one'), 2);

    putInForce(shelf, policy('one'), policy('two'), 3);

    expect(namesOn(shelf)).toEqual(['two@1', 'one@1']);
    expect(rollBack(shelf, 4).to).toBe('two@1');
  });

  it('drops the oldest of more than five, and never what it needs', () => {
    const shelf = emptyShelf();
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const [at, name] of names.entries())
      putInForce(shelf, policy(name), at === 0 ? undefined : policy(names[at - 1] ?? ''), at);

    expect(namesOn(shelf)).toEqual(['c@1', 'd@1', 'e@1', 'f@1', 'g@1']);
    const back = [1, 2, 3, 4].map((now) => rollBack(shelf, now).to);
    expect(back).toEqual(['f@1', 'e@1', 'd@1', 'c@1']);
    expect(inForce(shelf)).toBe('c');
  });
});
