import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Composed, composed } from './composed.cases.ts';
import { talkers } from './talkers.cases.ts';

const ids = ['anthropic/claude-haiku-4-5', 'openai/gpt-5.4', 'google/gemini-3.6-flash'] as const;
const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);

/** From each vendor's model to the next one's. */
const routes = Object.fromEntries(
  ids.map((id, at) => [
    `from-${at}`,
    { strategy: { type: 'cascade', steps: [{ ask: id }, { ask: ids[(at + 1) % ids.length] }] } },
  ]),
);
/** In turn, of the model that is asked first. */
const broken = ['refusal', 'malformed-call', undefined, '503', 'content-filter', undefined, 'length'];

/** Neither's vendor keeps responses: the gateway does. */
const keeping = {
  strategy: { type: 'cascade', steps: [{ ask: ids[0] }, { ask: ids[2] }] },
};

let stage: Composed;
const faults = new Map<string, string>();

beforeAll(async () => {
  stage = await composed(
    [],
    { routes: { ...routes, keeping } },
    { keepRequests: 1, faults: ({ model }) => faults.get(model) },
  );
});
afterAll(() => stage.close());

const conversations = (['none', 'adaptive', 'budget'] as const).flatMap((thinking) =>
  talkers.map((talker) => ({ thinking, talker, dialect: talker({ thinking }).dialect })),
);

it.each(conversations)(
  'a conversation through cascades goes on whoever answers, and no vendor refuses what another has left: $dialect, thinking $thinking',
  async ({ talker, thinking }) => {
    const turns = 10;
    const { upstream } = stage;
    const conversation = talker({ thinking });
    const before = { refusals: upstream.refusals().length, calls: upstream.book.entries().length };

    for (let turn = 0; turn < turns; turn++) {
      const first = ids[turn % ids.length] as string;
      const fault = broken[turn % broken.length];
      faults.clear();
      if (fault !== undefined) faults.set(nameOf(first), fault);
      if (turn === 0) conversation.say('What is the weather in Oslo?');
      const said = await conversation.send(stage.url, `from-${turn % ids.length}`, turn % 2 === 0);

      expect([turn, said.status, said.code]).toEqual([turn, 200, null]);
      if (said.calls > 0) conversation.bring('Rain, 9 degrees.');
      else conversation.say(`And in ${turn} days?`);
    }

    expect(upstream.refusals().slice(before.refusals)).toEqual([]);
    // some first answers went out, others were passed over or failed
    const calls = upstream.book.entries().length - before.calls;
    expect(calls).toBeGreaterThan(turns);
    expect(calls).toBeLessThan(2 * turns);
  },
);

it('a response that is kept is the one that went out, and the conversation goes on from it', async () => {
  const post = async (body: object) => {
    const response = await fetch(`${stage.url}/v1/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'keeping', store: true, ...body }),
    });
    return (await response.json()) as { readonly id: string; readonly output: readonly object[] };
  };
  faults.clear();
  faults.set(nameOf(ids[0]), 'refusal');

  const first = await post({ input: 'Please greet our new colleague.' });
  const kept = await (await fetch(`${stage.url}/v1/responses/${first.id}`)).json();
  faults.clear();
  const second = await post({ input: 'And again, please.', previous_response_id: first.id });

  expect(kept).toMatchObject({ id: first.id, output: first.output });
  expect(JSON.stringify(first.output)).toContain('greet');
  expect(JSON.stringify(second.output)).toContain('again');
  const sent = stage.upstream.requests().at(-1)?.body.toString() ?? '';
  expect(sent).toContain('greet our new colleague');
  expect(sent).not.toMatch(/can.t help with that/);
});
