import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wholeCatalogue } from '../src/app/config-models.ts';
import { simulatedBaseUrl } from '../src/simulator/catalogue.ts';
import type { SimulatedModel } from '../src/simulator/simulated-model.ts';
import { type SeenRequest, startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { worldModels } from '../src/simulator/world-models.ts';
import {
  type ClaudeCodeResult,
  foreignAddresses,
  hasClaudeCode,
  runClaudeCode,
} from './support/claude-code.ts';
import { type ConfigFile, startGateway } from './support/gateway-process.ts';
import { type Recorded, startRecorder } from './support/recorder.ts';
import { modelsOf } from './support/simulated-providers.ts';
import { whyNoTrace } from './support/strace.ts';

if (!hasClaudeCode)
  console.warn('Claude Code is not installed ("npm run e2e:clients"): its tests are skipped');

interface Turn {
  readonly result: ClaudeCodeResult;
  /** What Claude Code sent, and what of it came to the upstream. */
  readonly sent: readonly Recorded[];
  readonly arrived: readonly SeenRequest[];
}

/** The vendor's own names for its models, played by the most able simulated one. */
const claudes = (): readonly SimulatedModel[] => {
  const [, , player] = modelsOf('anthropic');
  const ours = wholeCatalogue()
    .list()
    .filter(({ provider }) => provider === 'anthropic');
  return ours.flatMap(({ name }) => (player ? [{ ...player, name }] : []));
};

describe.skipIf(!hasClaudeCode)('Claude Code', () => {
  let folder: string;
  let upstream: Upstream;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierwise-claude-code-'));
    for (const name of ['home', 'work', 'gateway']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'work/note.txt'), 'The bridge opens at noon.\n');
    upstream = await startUpstream({ speed: 0, keepRequests: 100, models: [...claudes(), ...worldModels] });
    closing.push(upstream.close);
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (baseUrl: string, prompt: string, connectionsFile?: string): Promise<Turn> => {
    const front = await startRecorder(baseUrl);
    closing.push(front.close);
    const result = await runClaudeCode({
      ...{ baseUrl: front.url, prompt, home: join(folder, 'home'), folder: join(folder, 'work') },
      ...(connectionsFile !== undefined && { connectionsFile }),
    });
    return {
      result,
      sent: front.requests.filter(({ method }) => method === 'POST'),
      arrived: upstream.requests(),
    };
  };

  const serve = async (config: ConfigFile): Promise<string> => {
    const gateway = await startGateway({ config, folder: join(folder, 'gateway') });
    closing.push(gateway.remove);
    return gateway.url;
  };
  const asItself = (): Promise<string> => {
    const anthropic = {
      type: 'anthropic',
      baseUrl: simulatedBaseUrl(upstream.url),
      key: 'the-upstream-key',
    };
    return serve({ providers: { anthropic } });
  };
  const intercepted = (): Promise<string> => {
    const sim = { type: 'simulated-anthropic', baseUrl: simulatedBaseUrl(upstream.url) };
    return serve({ providers: { sim }, intercept: [{ match: 'claude-*', route: 'auto' }] });
  };

  const readNote = (): string =>
    `Use the Read tool on ${join(folder, 'work/note.txt')} and tell me what it says.`;

  it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
    if (whyNoTrace) skip(whyNoTrace);

    const { result, sent } = await ask(upstream.url, 'Say hello.', join(folder, 'connections'));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
    expect(sent.length).toBeGreaterThan(0);
    expect(foreignAddresses(join(folder, 'connections'))).toEqual([]);
  });

  it('finishes a turn, its model named by itself: not a byte of what it sends is changed', async () => {
    const { result, sent, arrived } = await ask(await asItself(), 'Say hello.');

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
    expect(arrived.map(bodyText)).toEqual(sent.map(bodyText));
    expect(arrived.map(({ path }) => path)).toEqual(sent.map(({ url }) => url));
    expect(arrived.map(wireHeaders)).toEqual(sent.map(wireHeaders));
    expect(sent.map(wireHeaders)).toMatchObject([{ 'anthropic-version': '2023-06-01' }]);
  });

  it("keeps the gateway's and the provider's credentials apart", async () => {
    const { arrived } = await ask(await asItself(), 'Say hello.');

    expect(arrived[0]?.headers).toMatchObject({ 'x-api-key': 'the-upstream-key' });
    expect(JSON.stringify(arrived[0]?.headers)).not.toContain('any-word');
  });

  it('finishes a turn with a tool call', async () => {
    const { result, sent, arrived } = await ask(await asItself(), readNote());

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('bridge opens at noon.') });
    expect(sent).toHaveLength(2);
    expect(arrived.map(bodyText)).toEqual(sent.map(bodyText));
  });

  it('is routed by interception: what it says beside the model goes on as it was', async () => {
    const { result, sent, arrived } = await ask(await intercepted(), readNote());

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('bridge opens at noon.') });
    expect(sent).toHaveLength(2);
    expect(arrived).toHaveLength(sent.length);
    expect(arrived.map(wireHeaders)).toEqual(sent.map(wireHeaders));
    for (const [at, request] of arrived.entries()) {
      const asked = sent[at]?.body.toString() ?? '';
      const { model } = JSON.parse(bodyText(request)) as { model: string };
      expect(`sim/${model}`).toBe(sent[at]?.answerHeaders['x-tierwise-model']);
      expect(model).not.toBe((JSON.parse(asked) as { model: string }).model);
      expect(bodyText(request)).toBe(asked.replace(/"model":"[^"]+"/, `"model":"${model}"`));
    }
  });
});

const bodyText = ({ body }: { readonly body: Buffer }): string => body.toString();

/** What the vendor's wire says in headers; `anthropic-dangerous-*` speaks of the caller's own credential. */
const wireHeaders = ({ headers }: Pick<SeenRequest, 'headers'>): object =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => name.startsWith('anthropic-') && !name.startsWith('anthropic-dangerous-'),
    ),
  );
