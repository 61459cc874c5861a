import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../core/json.ts';
import { fixedWorld } from '../sessions/fixed-world.cases.ts';
import { noShelf, Vault } from '../sessions/vault.ts';
import { type StoredResponse, StoredResponses } from './stored-responses.ts';

const dayMs = 86_400_000;

const storeOf = () => {
  const world = fixedWorld();
  const vault = new Vault({
    key: Buffer.alloc(32, 3),
    shelf: noShelf,
    world,
    maxBytes: 1e8,
    keepMs: dayMs,
  });
  const stored = new StoredResponses(vault, world, 4 * dayMs);
  const keep = (id: string, previousId?: string): void =>
    stored.keepHere('acme', id, {
      session: 's',
      ...(previousId !== undefined && { previousId }),
      input: [`asked ${id}`],
      response: { id, output: [`said ${id}`] },
    });
  const items = async (id: string): Promise<readonly JsonValue[]> =>
    stored.itemsUpTo('acme', id, await stored.find('acme', id));
  return { world, stored, keep, items };
};

describe('a conversation kept response by response', () => {
  it('is put together in its order, whichever of them it goes on from', async () => {
    const { keep, items } = storeOf();
    keep('a');
    keep('b', 'a');
    keep('c', 'b');
    keep('other', 'a');

    expect(await items('c')).toEqual(['asked a', 'said a', 'asked b', 'said b', 'asked c', 'said c']);
    expect(await items('other')).toEqual(['asked a', 'said a', 'asked other', 'said other']);
  });

  it('lives as long as somebody goes on with it, and no longer', async () => {
    const { world, keep, items } = storeOf();
    keep('a');
    world.pass(3 * dayMs);
    keep('b', 'a');
    await items('b');
    world.pass(3 * dayMs);

    expect(await items('b')).toHaveLength(4);
    world.pass(5 * dayMs);
    await expect(items('b')).rejects.toMatchObject({ code: 'not-found', param: 'previous_response_id' });
  });

  it('is gone with any of its parts', async () => {
    const { stored, keep, items } = storeOf();
    keep('a');
    keep('b', 'a');
    stored.forget('acme', 'a');

    await expect(items('b')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that leads to itself comes to an end', async () => {
    const { stored, keep } = storeOf();
    keep('a', 'a');
    const last: StoredResponse = await stored.find('acme', 'a');

    await expect(stored.itemsUpTo('acme', 'a', last)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not put together where it is longer than any model takes', async () => {
    const { stored, items } = storeOf();
    const input = ['x'.repeat(9_000_000)];
    const session = 's';
    stored.keepHere('acme', 'a', { session, input, response: { id: 'a' } });
    for (const [id, previousId] of ['ba', 'cb', 'dc', 'ed'])
      stored.keepHere('acme', id ?? '', { session, previousId: previousId ?? '', input, response: {} });

    expect(await items('d')).toHaveLength(4);
    await expect(items('e')).rejects.toMatchObject({
      code: 'context-too-long',
      param: 'previous_response_id',
    });
  });

  it('has no ids of any length', async () => {
    await expect(storeOf().stored.find('acme', 'x'.repeat(100_000))).rejects.toSatisfy(
      (error) => error instanceof Error && error.message.length < 500,
    );
  });
});
