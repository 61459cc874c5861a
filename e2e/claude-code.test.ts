import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnthropicUpstream, startAnthropicUpstream } from './anthropic-upstream.ts';
import {
  type ClaudeCodeResult,
  foreignAddresses,
  hasClaudeCode,
  hasStrace,
  runClaudeCode,
} from './claude-code.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { type Recorded, type Recorder, startRecorder } from './recorder.ts';

if (!hasClaudeCode)
  console.warn('Claude Code is not installed ("npm run e2e:clients"): its tests are skipped');

interface Turn {
  readonly result: ClaudeCodeResult;
  /** What Claude Code sent, and what of it came to the upstream. */
  readonly sent: readonly Recorded[];
  readonly arrived: readonly Recorded[];
}

describe.skipIf(!hasClaudeCode)('Claude Code', () => {
  let folder: string;
  let upstream: AnthropicUpstream;
  let behind: Recorder;
  const closing: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierwise-claude-code-'));
    for (const name of ['home', 'work', 'gateway']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'work/note.txt'), 'The bridge opens at noon.\n');
    upstream = await startAnthropicUpstream();
    behind = await startRecorder(upstream.url);
    closing.push(upstream.close, behind.close);
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
    return { result, sent: posts(front), arrived: posts(behind) };
  };

  const serve = async (config: object): Promise<string> => {
    const provider = { type: 'anthropic', baseUrl: `${behind.url}/v1`, key: 'the-upstream-key' };
    const gateway = await startGatewayProcess(
      { providers: { anthropic: provider }, ...config },
      join(folder, 'gateway'),
    );
    closing.push(gateway.stop);
    return gateway.url;
  };

  const readNote = (): string => `Read the file ${join(folder, 'work/note.txt')} and tell me its first line.`;

  it('talks to its base URL and to nothing outside this machine', async ({ skip }) => {
    if (!hasStrace) skip('strace is not installed');

    const { result, sent } = await ask(behind.url, 'Say hello.', join(folder, 'connections'));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Hello from upstream.') });
    expect(sent.length).toBeGreaterThan(0);
    expect(foreignAddresses(join(folder, 'connections'))).toEqual([]);
  });

  it('finishes a turn, its model named by itself: not a byte of what it sends is changed', async () => {
    const { result, sent, arrived } = await ask(await serve({}), 'Say hello.');

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Hello from upstream.') });
    expect(arrived.map(({ body }) => body.toString())).toEqual(sent.map(({ body }) => body.toString()));
    expect(arrived.map(({ url }) => url)).toEqual(sent.map(({ url }) => url));
    expect(arrived.map(wireHeaders)).toEqual(sent.map(wireHeaders));
    expect(sent.map(wireHeaders)).toMatchObject([{ 'anthropic-version': '2023-06-01' }]);
  });

  it("keeps the gateway's and the provider's credentials apart", async () => {
    const { arrived } = await ask(await serve({}), 'Say hello.');

    expect(arrived[0]?.headers).toMatchObject({ 'x-api-key': 'the-upstream-key' });
    expect(JSON.stringify(arrived[0]?.headers)).not.toContain('any-word');
  });

  it('finishes a turn with a tool call', async () => {
    const { result, sent, arrived } = await ask(await serve({}), readNote());

    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('The bridge opens at noon.'),
    });
    expect(sent).toHaveLength(2);
    expect(arrived.map(({ body }) => body.toString())).toEqual(sent.map(({ body }) => body.toString()));
  });

  it('is routed by interception: what it says beside the model goes on as it was', async () => {
    const url = await serve({ intercept: [{ match: 'claude-*', route: 'auto' }] });

    const { result, sent, arrived } = await ask(url, readNote());

    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('The bridge opens at noon.'),
    });
    expect(arrived).toHaveLength(sent.length);
    for (const [at, { body }] of arrived.entries()) {
      const [before, after] = [sent[at]?.body.toString() ?? '', body.toString()].map((text) =>
        JSON.parse(text),
      );
      const { model, ...rest } = after;
      expect(`anthropic/${model}`).toBe(sent[at]?.answerHeaders['x-tierwise-model']);
      expect({ ...rest, model: before.model }).toEqual(before);
      expect(Object.keys(after)).toEqual(Object.keys(before));
    }
  });
});

const posts = (recorder: Recorder): readonly Recorded[] =>
  recorder.requests.filter(({ method }) => method === 'POST');

/** What the vendor's wire says in headers; `anthropic-dangerous-*` speaks of the caller's own credential. */
const wireHeaders = ({ headers }: Recorded): object =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => name.startsWith('anthropic-') && !name.startsWith('anthropic-dangerous-'),
    ),
  );
