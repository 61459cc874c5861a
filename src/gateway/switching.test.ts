import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Composed, composed, routeOf } from './composed.cases.ts';
import { type Talker, talkers, type Wishes } from './talkers.cases.ts';

/** Where a conversation may go next, by vendor: each model is asked through a route of its own. */
const models = {
  claude: ['claude-opus-5', 'claude-opus-5-5', 'claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-fable-5-1'],
  openai: ['gpt-5.6-sol', 'gpt-6-sol', 'gpt-4.1', 'gpt-5.4', 'o3'],
  gemini: ['gemini-3.6-flash', 'gemini-3.1-pro-preview', 'gemini-2.5-pro'],
} as const;
type Vendor = keyof typeof models;
const itinerary: readonly Vendor[] = ['claude', 'openai', 'gemini', 'claude'];
const conversations = 1000;
const atOnce = 8;

let stage: Composed;

beforeAll(async () => {
  stage = await composed(Object.values(models).flat());
});

afterAll(() => stage.close());

/** The same numbers in every run. */
const randomOf = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
};

interface Tally {
  requests: number;
  worked: number;
  loops: number;
  readonly others: Map<string, number>;
}

/** Each vendor in turn, in the middle of tool loops, too; some steps stay where they are. */
const converse = async (seed: number, tally: Tally): Promise<void> => {
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const wishes: Wishes = { thinking: pick(['none', 'adaptive', 'budget'] as const) };
  const talker: Talker = (talkers[seed % talkers.length] as (typeof talkers)[number])(wishes);
  const question = `What is the weather in ${pick(['Paris', 'Paris and Rome', 'Oslo'])}? (${seed})`;
  talker.say(question);
  let model: string = pick(models.claude);
  for (let step = 0, stop = 0; stop < itinerary.length; step++) {
    if (step > 0 && random() < 0.7) {
      stop += 1;
      model = pick(models[itinerary[stop % itinerary.length] as Vendor]);
    }
    const said = await talker.send(stage.url, routeOf(model), random() < 0.3);
    tally.requests += 1;
    if (said.status !== 200) {
      const what = `${said.status} ${said.code} ${talker.dialect} to ${model}: ${said.text.slice(0, 300)}`;
      tally.others.set(what, (tally.others.get(what) ?? 0) + 1);
      return;
    }
    tally.worked += 1;
    if (said.calls > 0) {
      tally.loops += 1;
      talker.bring('Sunny, 21 degrees.');
    } else talker.say(`And the weather in ${pick(['Bern', 'Lima', 'Kyiv and Baku'])} tomorrow?`);
  }
};

/** What a vendor's own reasoning looks like in a request to it. */
const marks: Readonly<Record<string, RegExp>> = {
  'claude-opus-5': /"type":"thinking"/,
  'claude-opus-5-5': /"type":"thinking"/,
  'gpt-5.6-sol': /"encrypted_content":"gAAAAA/,
  'gemini-3.6-flash': /"thoughtSignature":"(?!skip_)/,
};
const thoughtsIn = (model: string): number => {
  const body = stage.upstream.requests().at(-1)?.body.toString() ?? '';
  return body.split(new RegExp(marks[model] ?? '')).length - 1;
};

describe.each(['openai-chat', 'anthropic-messages', 'openai-responses', 'gemini'])(
  'a caller of %s',
  (dialect) => {
    it.each(
      Object.keys(marks).flatMap(
        (model) =>
          [
            [model, 'whole'],
            [model, 'streamed'],
          ] as const,
      ),
    )('brings %s its reasoning back over a tool loop and a stay elsewhere (%s)', async (maker, way) => {
      const other = maker === 'gpt-5.6-sol' ? 'claude-opus-5' : 'gpt-5.6-sol';
      const talker = talkers
        .map((create) => create({ thinking: 'adaptive' }))
        .find((each) => each.dialect === dialect) as Talker;
      const turn = async (model: string): Promise<number> => {
        const said = await talker.send(stage.url, routeOf(model), way === 'streamed');
        expect(said).toMatchObject({ status: 200 });
        if (said.calls > 0) talker.bring('Sunny.');
        else talker.say('And the weather in Bern?');
        return thoughtsIn(model);
      };
      talker.say(`What is the weather in Paris? ${dialect} ${maker} ${way}`);

      expect(await turn(maker)).toBe(0);
      expect(await turn(maker)).toBe(1);
      await turn(other);
      await turn(other);
      expect(await turn(maker)).toBeGreaterThanOrEqual(1);

      expect(stage.upstream.refusals()).toEqual([]);
    });
  },
);

it.each([
  ['anthropic-messages', 'gpt-5.6-sol'],
  ['anthropic-messages', 'gemini-3.6-flash'],
  ['openai-chat', 'gemini-3.6-flash'],
])('brings reasoning back that a caller of %s did not ask for: to %s', async (dialect, maker) => {
  const talker = talkers
    .map((create) => create({ thinking: 'none' }))
    .find((each) => each.dialect === dialect) as Talker;
  talker.say(`What is the weather in Paris? (unasked, ${dialect}, ${maker})`);
  expect(await talker.send(stage.url, routeOf(maker), true)).toMatchObject({ status: 200, calls: 1 });
  talker.bring('Sunny.');

  expect(await talker.send(stage.url, routeOf(maker), false)).toMatchObject({ status: 200 });
  expect(thoughtsIn(maker)).toBe(1);
});

it.each(['claude-opus-5-5', 'gpt-5.6-sol', 'gemini-3.6-flash'])(
  'brings %s its reasoning back after a restart',
  async (maker) => {
    const talker = (talkers[0] as (typeof talkers)[number])({ thinking: 'adaptive' });
    talker.say(`What is the weather in Paris? (restart, ${maker})`);
    const said = await talker.send(stage.url, routeOf(maker), false);
    expect(said).toMatchObject({ status: 200, calls: 1 });
    talker.bring('Sunny.');

    await stage.restart();

    expect(await talker.send(stage.url, routeOf(maker), true)).toMatchObject({ status: 200 });
    expect(thoughtsIn(maker)).toBe(1);
  },
);

it(`moves ${conversations} conversations between vendors without one refusal by any of them`, async () => {
  const tally: Tally = { requests: 0, worked: 0, loops: 0, others: new Map() };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < conversations) await converse(next++, tally);
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  expect(stage.upstream.refusals().slice(0, 5)).toEqual([]);
  expect([...tally.others.entries()].slice(0, 5)).toEqual([]);
  expect(tally.worked).toBe(tally.requests);
  expect(tally.loops).toBeGreaterThan(conversations);
}, 300_000);
