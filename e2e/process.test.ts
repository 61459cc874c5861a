import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createKey, hashKey } from '../src/access/keys.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient } from './support/anthropic-conversation.ts';
import { failureOf } from './support/failure.ts';
import {
  type ConfigFile,
  type GatewayProcess,
  runTierwise,
  startGateway,
  writeConfig,
} from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';
import { openaiClient } from './support/openai-conversation.ts';
import { simulatedProvider } from './support/simulated-providers.ts';

const hello = [{ role: 'user' as const, content: 'Hello there, how are you?' }];

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const startWith = async (
  options: UpstreamOptions,
  config: ConfigFile = {},
): Promise<{ upstream: Upstream; gateway: GatewayProcess; config: ConfigFile }> => {
  const upstream = await startUpstream(options);
  closing.push(upstream.close);
  const whole = {
    ...config,
    providers: {
      one: simulatedProvider('simulated-openai', upstream.url),
      two: simulatedProvider('simulated-anthropic', upstream.url),
    },
  };
  const gateway = await startGateway({ config: whole });
  closing.push(gateway.remove);
  return { upstream, gateway, config: whole };
};

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 500; tries += 1, await pause(20)) if (await isSo()) return;
  throw new Error('it did not come to be');
};

/** Slow enough to be caught in the middle of an answer. */
const slow: UpstreamOptions = { speed: 1 };

describe('the configuration of a running gateway', () => {
  it('is taken over when its file changes; a running answer goes on under the old one', async () => {
    const { gateway, config } = await startWith(slow);
    const answer = await openaiClient(gateway.url).chat.completions.create({
      ...{ model: 'one/sim-light-a', messages: hello, stream: true },
    });
    const asked = (name: string) =>
      openaiClient(gateway.url).chat.completions.create({ model: name, messages: hello }).withResponse();
    expect(await failureOf(asked('house-model'))).toMatchObject({ status: 404 });

    const { two } = config.providers as { two: object };
    writeConfig(gateway.folder, {
      ...{ providers: { two }, intercept: [{ match: 'house-model', tier: 'light' }] },
    });

    await until(async () => (await fetch(`${gateway.url}/v1/models/house-model`)).ok);
    const { response } = await asked('house-model');
    expect(response.headers.get('x-tierwise-model')).toBe('two/sim-light-b');
    expect(await failureOf(asked('one/sim-light-a'))).toMatchObject({ status: 404 });
    let text = '';
    for await (const { choices } of answer) text += choices[0]?.delta.content ?? '';
    expect(text).toMatch(/get real answers from the same address\.$/);
  });

  it('stays as it was where the new one is broken', async () => {
    const { gateway } = await startWith({ speed: 0 }, { intercept: [{ match: 'mine', tier: 'light' }] });
    const broken = [
      'routes: [\n',
      'providers:\n  one: { type: telepathy }\n',
      'tiers: { light: [one/sim-nothing] }\n',
      'keys: [{ name: broken, hash: md5:1 }]\n',
    ];

    for (const [at, text] of broken.entries()) {
      writeFileSync(gateway.configFile, text);
      await until(() => gateway.output().split('was refused, the old one stays').length === at + 2);

      const { response } = await anthropicClient(gateway.url)
        .messages.create({ model: 'mine', max_tokens: 50, messages: hello })
        .withResponse();
      expect(response.headers.get('x-tierwise-tier')).toBe('light');
    }
  });
});

describe('the address of a gateway', () => {
  it('is loopback where there are no keys: any other is refused, with the way out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tierwise-e2e-'));
    closing.push(async () => rmSync(folder, { recursive: true, force: true }));
    const inFile = writeConfig(folder, { server: { host: '0.0.0.0' } });

    const byFile = await runTierwise(['serve', '--config', inFile], folder);
    writeConfig(folder, {});
    const byWord = await runTierwise(['serve', '--config', inFile, '--host', '0.0.0.0'], folder);

    for (const { exitCode, stdout, stderr } of [byFile, byWord]) {
      expect(exitCode).toBeGreaterThan(0);
      expect(stdout + stderr).toMatch(/other machines could reach the gateway/);
      expect(stdout + stderr).toMatch(/keys create/);
      expect(stdout + stderr).not.toMatch(/\bat .*\.ts:\d+/);
    }
  });

  it('may be any where there are keys, and then nothing but health is open', async () => {
    const key = createKey();
    const { gateway } = await startWith(
      { speed: 0 },
      { server: { host: '0.0.0.0' }, keys: [{ name: 'ann', hash: hashKey(key) }] },
    );
    const url = gateway.url.replace('0.0.0.0', '127.0.0.1');

    const answer = await openaiClient(url, key).chat.completions.create({ model: 'auto', messages: hello });

    expect(answer.choices).toHaveLength(1);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('a stopped gateway', () => {
  const stream = async ({ url }: GatewayProcess) => {
    const { data, response } = await openaiClient(url)
      .chat.completions.create({
        ...{ model: 'two/sim-light-b', messages: hello, stream: true },
        stream_options: { include_usage: true },
      })
      .withResponse();
    const chunks = data[Symbol.asyncIterator]();
    const first = await chunks.next();
    return { chunks, first, exchange: response.headers.get('x-tierwise-exchange') };
  };

  it('lets a running stream end first, and takes nothing new', async () => {
    const { upstream, gateway } = await startWith(slow);
    const { chunks, first, exchange: id } = await stream(gateway);
    expect(first.done).toBe(false);

    const stopped = gateway.stop('SIGTERM');
    await until(() => gateway.output().includes('Stopping'));
    const refused = await failureOf(
      openaiClient(gateway.url).chat.completions.create({ model: 'auto', messages: hello }),
    );
    let usage: unknown;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) usage = next.value.usage;

    expect(refused).toBeInstanceOf(Error);
    expect(usage).toMatchObject({ total_tokens: expect.any(Number) });
    expect(await stopped).toBe(0);
    const ledger = await ledgerIn(gateway.folder);
    const exchange = await settledExchange(ledger, id);
    await ledger.close();
    expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: false });
    const [entry] = upstream.book.entries();
    expect(entry).toMatchObject({ outcome: 'complete', costNanoUsd: String(exchange.cost) });
  });

  it('ends a stream with an error frame and a row when its grace is over', async () => {
    const { upstream, gateway } = await startWith(slow, { server: { shutdownGrace: '50ms' } });
    const { chunks, exchange: id } = await stream(gateway);

    const stopped = gateway.stop('SIGTERM');
    const hearing = async () => {
      for (let next = await chunks.next(); !next.done; next = await chunks.next());
    };
    const told = await failureOf(hearing());

    expect(told).toMatchObject({ message: expect.stringMatching(/stopped before the answer was complete/) });
    expect(await stopped).toBe(0);
    const ledger = await ledgerIn(gateway.folder);
    const exchange = await settledExchange(ledger, id);
    await ledger.close();
    expect(exchange).toMatchObject({ outcome: 'partial', errorCode: 'shutting-down', isEstimated: true });
    const [entry] = upstream.book.entries();
    expect(exchange.cost).toBeGreaterThanOrEqual(BigInt(entry?.costNanoUsd ?? 0));
  });

  it('gives its ledger free: a second gateway is refused it before, and gets it after', async () => {
    const { gateway } = await startWith({ speed: 0 });
    const { folder } = gateway;

    const second = await runTierwise(['serve', '--config', gateway.configFile], folder);
    await gateway.stop();
    const third = await startGateway({ folder });

    expect(second.exitCode).toBeGreaterThan(0);
    expect(second.stderr).toContain('in use by process');
    await third.stop();
  });
});
