import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedRows, kind, vectorOf } from '../../learning/embedded-rows.cases.ts';
import type { Evaluation } from '../../learning/evaluate.ts';
import type { PolicyFile } from '../../routing/classifier/policy.ts';
import { type FakeUpstream, fakeUpstream, type Script, sendJson } from '../../testing/fake-upstream.ts';
import { type FakeShell, fakeShell } from '../fake-terminal.cases.ts';

const embeds =
  (dimensions = kind.dimensions): Script =>
  (response, call) => {
    const { input } = JSON.parse(call.body) as { readonly input: readonly string[] };
    const data = input.map((text, index) => ({ index, embedding: vectorOf(text, dimensions) }));
    sendJson({ data: data.toReversed(), usage: { prompt_tokens: 5 * input.length } })(response, call);
  };

const linesOf = (from: number, count: number): string =>
  embeddedRows(from, count, () => false)
    .map(({ id, subject, outcomes }) =>
      JSON.stringify({ id, dataset: 'made-up', category: '', prompt: subject.ask, outcomes }),
    )
    .join('\n');

const settingOf = async (
  script: Script,
  embeddings: object = {},
): Promise<{ readonly shell: FakeShell; readonly upstream: FakeUpstream }> => {
  const upstream = await fakeUpstream(script);
  onTestFinished(() => upstream.close());
  const shell = fakeShell();
  const config = {
    providers: { vectors: { type: 'openai-compatible', baseUrl: upstream.url, models: { chat: {} } } },
    embeddings: { provider: 'vectors', model: kind.model, price: 0.02, ...embeddings },
  };
  const model = {
    tier: 'light',
    prices: { input: 1, output: 1 },
    contextTokens: 8000,
    maxOutputTokens: 1000,
  };
  config.providers.vectors.models.chat = model;
  writeFileSync(join(shell.folder, 'tierwise.yaml'), JSON.stringify(config));
  writeFileSync(join(shell.folder, 'a.jsonl'), linesOf(0, 400));
  writeFileSync(join(shell.folder, 'b.jsonl'), linesOf(10_000, 200));
  return { shell, upstream };
};

const tiers = ['--tier', 'small=light', '--tier', 'large=frontier'];
const training = ['train', 'a.jsonl', '--embeddings', '--out', 'p.json', ...tiers];
const policyIn = ({ folder }: FakeShell): PolicyFile =>
  JSON.parse(readFileSync(join(folder, 'p.json'), 'utf8')) as PolicyFile;

describe('train --embeddings', () => {
  it('tells the cost first, asks in batches, and learns what only embeddings tell', async () => {
    const { shell, upstream } = await settingOf(embeds());

    const { exitCode, err } = await shell.run(training);

    expect(exitCode).toBe(0);
    expect(err).toMatch(
      /Asking vectors\/text-embedding-3-small for 400 embeddings: about [\d,. ]+ tokens, \$/,
    );
    expect(err).toMatch(/It took 2[,. ]?000 tokens/);
    expect(err).toMatch(
      /The embeddings are in the policy: squared error on 400 rows held out 0\.\d+ without/,
    );
    expect(upstream.seen).toHaveLength(7);
    expect(policyIn(shell).heads.embedding).toMatchObject(kind);
  });

  it('is shown by evaluate on rows that it has not seen', async () => {
    const { shell } = await settingOf(embeds());
    await shell.run(training);
    const words = [
      'evaluate',
      'b.jsonl',
      '--policy',
      'p.json',
      '--weak',
      'small',
      '--strong',
      'large',
      '--json',
      ...tiers,
    ];
    const apgrOf = ({ out }: { readonly out: string }): number =>
      (JSON.parse(out) as Evaluation).policies.find(({ role }) => role === 'policy')?.apgr?.value ?? 0;

    const [without, withThem] = [await shell.run(words), await shell.run([...words, '--embeddings'])];

    expect(apgrOf(withThem)).toBeGreaterThan(0.7);
    expect(apgrOf(without)).toBeLessThan(0.62);
  });

  it('is told of by check and route, which call nobody', async () => {
    const { shell, upstream } = await settingOf(embeds());
    await shell.run(training);
    const { length } = upstream.seen;
    const config = JSON.parse(readFileSync(join(shell.folder, 'tierwise.yaml'), 'utf8')) as object;
    const strategy = { type: 'classifier', tradeOff: 0.3, evidence: 0 };
    writeFileSync(
      join(shell.folder, 'tierwise.yaml'),
      JSON.stringify({ ...config, policy: 'p.json', routes: { auto: { strategy } } }),
    );

    const routed = await shell.run(['route', 'look into case 7']);
    const named = await shell.run(['route', 'look into case 7', '--model', 'light']);
    const asJson = await shell.run(['route', 'look into case 7', '--json']);
    const checked = await shell.run(['check']);

    expect(routed.out).toContain('the gateway asks vectors/text-embedding-3-small first, for 80 ms at most');
    expect(named.out).not.toContain('text-embedding');
    expect(JSON.parse(asJson.out)).toMatchObject({
      wouldAsk: { model: 'vectors/text-embedding-3-small', deadlineMs: 80 },
    });
    expect(checked.out + checked.err).not.toContain('unused-embeddings');
    expect(upstream.seen).toHaveLength(length);
  });

  it('pays once: the same again asks nobody and gives the same bytes', async () => {
    const { shell, upstream } = await settingOf(embeds());
    await shell.run(training);
    const first = policyIn(shell);
    const { length } = upstream.seen;

    const { err } = await shell.run(training);

    expect(err).toContain('All embeddings are in');
    expect(upstream.seen).toHaveLength(length);
    expect(policyIn(shell)).toEqual(first);
    expect(statSync(join(shell.folder, 'p.json.embeddings')).mode & 0o077).toBe(0);
    expect(readFileSync(join(shell.folder, 'p.json.embeddings'), 'utf8')).not.toContain('case');
  });

  it('goes on where it was stopped, and a line that was cut is asked for again', async () => {
    const { shell, upstream } = await settingOf(embeds());
    upstream.script(embeds(), embeds(), sendJson({ error: { message: 'no' } }, 400), embeds());

    const stopped = await shell.run(training);
    const file = join(shell.folder, 'p.json.embeddings');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -40));
    const { err } = await shell.run(training);

    expect(stopped.exitCode).toBe(1);
    expect(stopped.err).toContain('the same command goes on from there');
    expect(existsSync(file)).toBe(true);
    expect(err).toContain('for 273 embeddings');
  });

  it('tries again where an endpoint is busy', async () => {
    const { shell, upstream } = await settingOf(embeds());
    upstream.script(sendJson({}, 429), embeds());

    expect((await shell.run(training)).exitCode).toBe(0);
    expect(upstream.seen).toHaveLength(8);
  });

  it.each<[string, readonly string[], object | undefined, RegExp]>([
    ['a base', [...training, '--base', 'p.json'], {}, /--base keeps what its policy knows of embeddings/],
    ['no embeddings in the configuration', training, undefined, /The configuration names no embeddings/],
  ])('is refused with %s, and the way out is told', async (_, words, embeddings, said) => {
    const { shell } = await settingOf(embeds());
    if (!embeddings) writeFileSync(join(shell.folder, 'tierwise.yaml'), '{}');

    const { exitCode, err } = await shell.run(words);

    expect(exitCode).toBeGreaterThan(0);
    expect(err).toMatch(said);
  });

  it('refuses to evaluate a policy by embeddings that it was not trained with', async () => {
    const { shell } = await settingOf(embeds());
    await shell.run(['train', 'a.jsonl', '--out', 'p.json', ...tiers]);

    const { exitCode, err } = await shell.run(['evaluate', 'b.jsonl', '--policy', 'p.json', '--embeddings']);

    expect(exitCode).toBe(1);
    expect(err).toMatch(/the policy own@\w+ was trained without them/);
  });
});
