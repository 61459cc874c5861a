import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../src/core/exchange.ts';
import { smallPolicy } from '../src/learning/small-policy.cases.ts';
import type { PolicyFile } from '../src/routing/classifier/policy.ts';
import { sealPolicy } from '../src/routing/classifier/seal.ts';
import { startUpstream } from '../src/simulator/upstream/upstream.ts';
import {
  type ConfigFile,
  type GatewayProcess,
  runTierwise,
  startGateway,
} from './support/gateway-process.ts';
import { ledgerIn } from './support/ledger.ts';
import { startLoad } from './support/load.ts';
import { modelsOf, simulatedProvider } from './support/simulated-providers.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const idOf = (tier: string): string =>
  `one/${modelsOf('simulated-openai').find((model) => model.tier === tier)?.name}`;
const [light, frontier] = [idOf('light'), idOf('frontier')];

/** Money and success weigh something; a policy is believed from its first word. */
const routes = {
  auto: {
    strategy: {
      type: 'classifier',
      tradeOff: 0.3,
      evidence: 0,
      otherwise: 'mid',
      among: ['light', 'frontier'],
    },
  },
};

const nameOf = ({ name, hash }: PolicyFile): string => `${name}@${hash.slice(0, 8)}`;
const lightIsBad = smallPolicy({ [light]: 0.1, [idOf('mid')]: 0.1, [frontier]: 0.9 }, 'light-is-bad');
const lightWillDo = smallPolicy({ [light]: 0.9, [idOf('mid')]: 0.9, [frontier]: 0.9 }, 'light-will-do');

const publish = (folder: string, policy: PolicyFile): void => {
  writeFileSync(join(folder, 'policy.json.new'), JSON.stringify(policy));
  renameSync(join(folder, 'policy.json.new'), join(folder, 'policy.json'));
};

const start = async (config: ConfigFile, before: (folder: string) => void = () => undefined) => {
  const upstream = await startUpstream({ speed: 0 });
  closing.push(upstream.close);
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-e2e-'));
  before(folder);
  const gateway = await startGateway({
    folder,
    config: {
      providers: { one: simulatedProvider('simulated-openai', upstream.url) },
      routes,
      log: { level: 'info' },
      ...config,
    },
  });
  closing.push(gateway.remove);
  return gateway;
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 1000; tries += 1, await pause(20)) if (await isSo()) return;
  throw new Error('it did not come to be');
};

const ask = async ({ url }: GatewayProcess, model = 'auto', at = 0) => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-tierwise-session': `talk-${model}-${at}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: `Name a bridge, please (${at}).` }] }),
  });
  const { id } = (await response.json()) as { readonly id: string };
  const header = (name: string) => response.headers.get(`x-tierwise-${name}`);
  return { status: response.status, id, model: header('model'), policy: header('policy'), header };
};

const policyOf = async ({ url }: GatewayProcess): Promise<string | undefined> =>
  ((await (await fetch(`${url}/healthz`)).json()) as { readonly policy?: string }).policy;

describe('the policy of a running gateway', () => {
  it('is swapped under load: no request fails, and each is decided by the policy of its moment', async () => {
    const gateway = await start({ policy: 'policy.json' }, (folder) => publish(folder, lightIsBad));
    expect(gateway.output()).toContain(nameOf(lightIsBad));
    const load = startLoad({ url: gateway.url, models: ['auto'], seed: 'swap', everyMs: 2 });
    const ended = () => load.calls.filter(({ endedAt }) => endedAt !== undefined).length;
    await until(() => ended() > 60);

    publish(gateway.folder, lightWillDo);
    await until(async () => (await policyOf(gateway)) === nameOf(lightWillDo));
    const before = ended();
    await until(() => ended() > before + 60);
    await load.stop();

    expect(load.calls.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
    const reader = await ledgerIn(gateway.folder);
    closing.push(() => reader.close());
    let exchanges: readonly Exchange[] = [];
    await until(async () => {
      exchanges = await reader.list({ limit: 10_000 });
      return exchanges.length === load.calls.length;
    });
    const answered = new Set(exchanges.map(({ decision, model }) => `${decision.policy} ${model}`));
    expect([...answered].sort()).toEqual([
      `${nameOf(lightIsBad)} ${frontier}`,
      `${nameOf(lightWillDo)} ${light}`,
    ]);
    expect(gateway.output()).toContain(
      `The policy ${nameOf(lightWillDo)} is in force; it was ${nameOf(lightIsBad)}.`,
    );
  });

  it('explains itself by header, by "route" and in the ledger', async () => {
    const gateway = await start({ policy: 'policy.json' }, (folder) => publish(folder, lightIsBad));

    const { header, policy, model } = await ask(gateway);
    const shown = await runTierwise(['route', 'Name a bridge, please.'], gateway.folder);
    const told = await fetch(`${gateway.url}/v1/exchanges/${header('exchange')}`);

    expect([policy, model]).toEqual([nameOf(lightIsBad), frontier]);
    expect(header('reason')).toContain('predicted');
    expect(shown.stdout).toContain(frontier);
    expect(shown.stdout).toMatch(/9\d %/);
    expect(await told.json()).toMatchObject({
      decision: {
        policy: nameOf(lightIsBad),
        weighed: expect.arrayContaining([
          expect.objectContaining({ model: frontier, costUsd: expect.any(String) }),
        ]),
      },
    });
  });

  it('is trained, published and taken back from the command line', async () => {
    const gateway = await start({ policy: 'policy.json' }, (folder) => publish(folder, lightIsBad));
    const rows = Array.from({ length: 60 }, (_, at) =>
      JSON.stringify({
        ...{ id: `${at}`, dataset: 'own', category: 'bridges', prompt: `Name bridge ${at}, please.` },
        outcomes: { [light]: { score: 1 }, [frontier]: { score: 1 } },
      }),
    );
    writeFileSync(join(gateway.folder, 'outcomes.jsonl'), rows.join('\n'));

    const trained = await runTierwise(['train', 'outcomes.jsonl', '--out', 'own.json'], gateway.folder);
    const published = await runTierwise(['publish', 'own.json'], gateway.folder);
    await until(async () => (await policyOf(gateway))?.startsWith('own@') === true);
    const learnt = await ask(gateway);
    await runTierwise(['publish', '--rollback'], gateway.folder);
    await until(async () => (await policyOf(gateway)) === nameOf(lightIsBad));

    expect([trained.exitCode, published.exitCode]).toEqual([0, 0]);
    expect(published.stdout).toContain(nameOf(lightIsBad));
    expect(learnt).toMatchObject({ policy: expect.stringMatching(/^own@/), model: light });
    expect(await ask(gateway, 'auto', 1)).toMatchObject({ model: frontier });
  });

  it('made for other features is refused: by "check", at the start, and while it runs', async () => {
    const foreign = sealPolicy({ ...lightWillDo, featureSet: 'features-0' });
    const gateway = await start({ policy: 'policy.json' }, (folder) => publish(folder, lightIsBad));

    publish(gateway.folder, foreign);
    await until(() => gateway.output().includes('stays in force'));
    const checked = await runTierwise(['check'], gateway.folder);
    const started = await runTierwise(['serve', '--port', '0'], gateway.folder);

    expect(gateway.output()).toContain('was trained on the features');
    expect(await ask(gateway)).toMatchObject({ status: 200, policy: nameOf(lightIsBad), model: frontier });
    expect(checked.exitCode).toBe(1);
    expect(checked.stdout).toContain('train it again with this version');
    expect(started.exitCode).toBe(1);

    publish(gateway.folder, lightWillDo);
    await until(async () => (await policyOf(gateway)) === nameOf(lightWillDo));
    expect(await ask(gateway)).toMatchObject({ status: 200, model: light });
  });
});

describe('a label', () => {
  it('is in the next policy, made while the gateway runs: what was bad is asked no more', async () => {
    const gateway = await start({
      learning: { every: '1s', minLabels: 40 },
      ledger: { texts: { store: true } },
    });
    let asked = 0;
    const label = async (model: string, score: number, count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1) {
        const { id, status } = await ask(gateway, model, asked++);
        expect(status).toBe(200);
        const said = await fetch(`${gateway.url}/v1/exchanges/${id}/feedback`, {
          method: 'POST',
          body: JSON.stringify({ score, source: 'test' }),
        });
        expect(said.status).toBe(200);
      }
    };
    expect(await ask(gateway)).toMatchObject({ policy: expect.stringMatching(/^default@/) });

    await label(frontier, 1, 30);
    await label(light, 1, 30);
    await until(async () => (await policyOf(gateway))?.startsWith('own@') === true);
    const first = await ask(gateway, 'auto', asked++);
    let second = first;
    for (let round = 0; round < 20 && second.model === light; round += 1) {
      await label(light, 0, 20);
      second = await ask(gateway, 'auto', asked++);
    }

    expect(first).toMatchObject({ policy: expect.stringMatching(/^own@/), model: light });
    expect(second).toMatchObject({ policy: expect.stringMatching(/^own@/), model: frontier });
    expect(second.policy).not.toBe(first.policy);
    expect(gateway.output()).toMatch(
      /Learnt own@\w+ from \d+ rows of the ledger and published it: on \d+ labels/,
    );
  });
});
