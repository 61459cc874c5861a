import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, compose } from '../app/compose.ts';
import { configFromText } from '../app/config.ts';
import { type StartedDoor, startDoor } from '../cli/start-door.ts';
import { startUpstream, type Upstream } from '../simulator/upstream/upstream.ts';
import { createLog } from '../telemetry/log.ts';
import { type Talker, talkers, type Wishes } from './talkers.cases.ts';

/** Where a conversation may go next, by vendor: each model is asked through a route of its own. */
const models = {
  claude: ['claude-opus-5', 'claude-opus-5-5', 'claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-fable-5-1'],
  openai: ['gpt-5.6-sol', 'gpt-6-sol', 'gpt-4.1', 'gpt-5.4', 'o3'],
  gemini: ['gemini-3.6-flash', 'gemini-3.1-pro-preview', 'gemini-2.5-pro'],
} as const;
type Vendor = keyof typeof models;
const providerOf = { claude: 'anthropic', openai: 'openai', gemini: 'google' } as const;
const itinerary: readonly Vendor[] = ['claude', 'openai', 'gemini', 'claude'];
const conversations = 1000;
const atOnce = 8;

let upstream: Upstream;
let app: App;
let door: StartedDoor;
let folder: string;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  folder = mkdtempSync(join(tmpdir(), 'switching-'));
  const routes = Object.entries(models).flatMap(([vendor, names]) =>
    names.map((model) => [
      routeOf(model),
      { strategy: { type: 'fixed', use: [`${providerOf[vendor as Vendor]}/${model}`] } },
    ]),
  );
  const { config, findings } = configFromText(
    JSON.stringify({
      server: { port: 0 },
      providers: {
        anthropic: { type: 'anthropic', baseUrl: `${upstream.url}/v1`, key: 'key-anthropic' },
        openai: { type: 'openai', baseUrl: `${upstream.url}/v1`, key: 'key-openai' },
        google: { type: 'google', baseUrl: `${upstream.url}/v1beta`, key: 'key-google' },
      },
      routes: Object.fromEntries(routes),
    }),
    { environment: {}, folder },
  );
  if (!config) throw new Error(JSON.stringify(findings));
  app = await compose(config, { log: createLog('silent') });
  door = await startDoor(app);
});

afterAll(async () => {
  await door.stop(0);
  await app.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const routeOf = (model: string): string => `to-${model}`;

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

/** Each vendor in turn, the model changing at every request, in the middle of tool loops, too. */
const converse = async (seed: number, tally: Tally): Promise<void> => {
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const wishes: Wishes = { thinking: pick(['none', 'adaptive', 'budget'] as const) };
  const talker: Talker = (talkers[seed % talkers.length] as (typeof talkers)[number])(wishes);
  const question = `What is the weather in ${pick(['Paris', 'Paris and Rome', 'Oslo'])}? (${seed})`;
  talker.say(question);
  for (let step = 0; step < itinerary.length + 2; step++) {
    const model = pick(models[itinerary[step % itinerary.length] as Vendor]);
    const said = await talker.send(door.url, routeOf(model), random() < 0.3);
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

it(`moves ${conversations} conversations between vendors without one refusal by any of them`, async () => {
  const tally: Tally = { requests: 0, worked: 0, loops: 0, others: new Map() };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < conversations) await converse(next++, tally);
  };
  await Promise.all(Array.from({ length: atOnce }, work));

  expect(upstream.refusals().slice(0, 5)).toEqual([]);
  expect([...tally.others.entries()].slice(0, 5)).toEqual([]);
  expect(tally.worked).toBe(tally.requests);
  expect(tally.loops).toBeGreaterThan(conversations);
}, 300_000);
