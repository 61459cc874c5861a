import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { simulatedBaseUrl } from '../src/simulator/catalogue.ts';
import type { SeenRequest } from '../src/simulator/upstream/upstream.ts';
import { type AgentStage, setStage, type Turn, watchingConnections } from './support/agent-stage.ts';
import { claudeCode } from './support/agents.ts';
import type { ConfigFile } from './support/gateway-process.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { outlinesOf } from './support/recorded.ts';
import { whyNoTrace } from './support/strace.ts';
import { answeredBy, vendors } from './support/vendors.ts';

if (!claudeCode.isInstalled)
  console.warn('Claude Code is not installed ("npm run e2e:clients"): its tests are skipped');

describe.skipIf(!claudeCode.isInstalled)('Claude Code', () => {
  let stage: AgentStage | undefined;

  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });

  const before = async (config?: (upstreamUrl: string) => ConfigFile): Promise<AgentStage> => {
    stage = await setStage({ agent: claudeCode, ...(config && { config }) });
    return stage;
  };
  const ask = async ({ ask, url }: AgentStage, prompt: string): Promise<Turn> => {
    const [line = ''] = readmeSettings('Claude Code', url);
    const turn = await ask(line, ['--print', prompt, '--output-format', 'json']);
    return { ...turn, sent: turn.sent.filter(({ method }) => method === 'POST') };
  };
  const readNote = ({ desk }: AgentStage): string =>
    `Use the Read tool on ${join(desk.work, 'note.txt')} and tell me what it says.`;

  const asItself = (): Promise<AgentStage> =>
    before((url) => ({
      providers: {
        anthropic: { type: 'anthropic', baseUrl: simulatedBaseUrl(url), key: 'the-upstream-key' },
      },
    }));
  const intercepted = (): Promise<AgentStage> =>
    before((url) => ({
      providers: { sim: { type: 'simulated-anthropic', baseUrl: simulatedBaseUrl(url) } },
      intercept: [{ match: 'claude-*', tier: 'frontier' }],
    }));

  it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
    if (whyNoTrace) skip(whyNoTrace);
    const { desk, ask, url } = await before();
    const [line = ''] = readmeSettings('Claude Code', url);
    const { wrapper, foreign } = watchingConnections(desk);

    const { result, sent } = await ask(line, ['--print', 'Say hello.'], { wrapper });

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Say hello.') });
    expect(sent.length).toBeGreaterThan(0);
    expect(foreign()).toEqual([]);
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
    expect(arrived[0]?.headers.authorization).toBeUndefined();
  });

  it('finishes a turn with a tool call', async () => {
    const stage = await asItself();

    const { result, sent, arrived } = await ask(stage, readNote(stage));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(sent).toHaveLength(2);
    expect(arrived.map(bodyText)).toEqual(sent.map(bodyText));
  });

  it('is routed by interception: what it says beside the model goes on as it was', async () => {
    const stage = await intercepted();

    const { result, sent, arrived } = await ask(stage, readNote(stage));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
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

  it('sends what was recorded of it', async () => {
    const stage = await asItself();

    const { sent } = await ask(stage, readNote(stage));

    const { now, recorded } = outlinesOf('claude-code', sent);
    expect(now).toEqual(recorded);
  });

  it.each(vendors)('reads a file, answered by $vendor', async (vendor) => {
    const stage = await before(answeredBy(vendor));

    const { result, sent, arrived } = await ask(stage, readNote(stage));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(stage.desk.note) });
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    expect(arrived.map(({ path }) => path)).toEqual(sent.map(() => expect.stringContaining(vendor.path)));
    expect(stage.upstream.refusals()).toEqual([]);
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
