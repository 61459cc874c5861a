import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExchangeId } from '../core/exchange.ts';
import { realWorld } from '../kit/world.ts';
import type { Evaluation } from '../learning/evaluate.ts';
import { type KnownChances, knownRows } from '../learning/known-rows.cases.ts';
import { trainerTypes } from '../learning/trainer.ts';
import { trainers } from '../learning/trainers/index.ts';
import type { Tuning } from '../learning/tune.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { attemptLike, exchangeLike, intentLike, newId } from '../storage/records.cases.ts';
import { type FakeShell, fakeShell } from './fake-terminal.cases.ts';
import { bytesOf, fileOf, lineOf, shellWith } from './outcome-files.cases.ts';

describe('train', () => {
  it('learns a policy from files, the same bytes for the same input, and tells what it learnt', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(150, 1), 'b.jsonl.gz': gzipSync(fileOf(50, 2)) });

    const said = await shell.run(['train', 'a.jsonl', 'b.jsonl.gz', '--out', 'p.json']);
    await shell.run(['train', 'a.jsonl', 'b.jsonl.gz', '--out', 'q.json']);
    await shell.run(['train', 'a.jsonl', 'b.jsonl.gz', '--out', 'r.json', '--seed', '2']);

    expect(said).toMatchObject({ exitCode: 0 });
    expect(said.out).toMatch(/✓ own@[0-9a-f]{8} is in p\.json: \d+ kB, hierarchical, seed 1/);
    expect(said.out).toMatch(/200 in 200 groups, 200 with their words: a 150, b 50/);
    expect(said.out).toMatch(/gpt-5-mini\s+mid\s+line-up\s+200\s+0\.[67]/);
    expect(said.out).toMatch(/frontier\s+200\s+0\.\d{3}\s+0\.\d{3}\s+0\.\d{3}/);
    expect(said.out).toContain('tierwise publish p.json');
    expect(bytesOf(shell, 'q.json').equals(bytesOf(shell, 'p.json'))).toBe(true);
    expect(bytesOf(shell, 'r.json').equals(bytesOf(shell, 'p.json'))).toBe(false);
  });

  it('names every trainer there is', () => {
    expect(trainers.map(({ type }) => type)).toEqual(trainerTypes);
  });

  it('takes the tiers it is told, and every trainer', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(60, 1) });
    const words = ['train', 'a.jsonl', '--tier', 'gpt-5-mini=light', '--json', '--out', 'p.json'];

    const types = await Promise.all(
      ['length', 'prior'].map(async (type) => {
        const { out } = await shell.run([...words, '--with', type]);
        return JSON.parse(out) as { trainer: string; models: { name: string; tier: string }[] };
      }),
    );

    expect(types.map(({ trainer }) => trainer)).toEqual(['length', 'prior']);
    expect(types[0]?.models).toContainEqual({ name: 'gpt-5-mini', tier: 'light', rows: 60 });
  });

  it('goes on from a base: adds a model, and forgets one, without training it again', async () => {
    const shell = shellWith({
      'a.jsonl': fileOf(120, 1),
      'b.jsonl': fileOf(60, 2, { drafts: { newcomer: 0.9 }, proofs: { newcomer: 0.7 } }),
    });
    await shell.run(['train', 'a.jsonl', '--out', 'p.json', '--with', 'prior']);

    const { out } = await shell.run([
      ...['train', 'b.jsonl', '--base', 'p.json', '--without', 'gpt-5-nano'],
      ...['--tier', 'newcomer=mid', '--name', 'next', '--json', '--out', 'q.json'],
    ]);

    const { models, version } = JSON.parse(out) as { models: { name: string }[]; version: string };
    expect(models.map(({ name }) => name).toSorted()).toEqual(['gpt-5', 'gpt-5-mini', 'newcomer']);
    expect(version).toMatch(/^next@/);
  });

  it('goes on from no policy that knows no model, as the one that ships', async () => {
    const shipped = readFileSync(new URL('../routing/classifier/default-policy.json', import.meta.url));
    const shell = shellWith({ 'a.jsonl': fileOf(20, 1), 'shipped.json': shipped });

    const said = await shell.run(['train', 'a.jsonl', '--base', 'shipped.json', '--out', 'p.json']);

    expect(said).toMatchObject({ exitCode: 1, err: expect.stringContaining('shipped.json knows no model') });
  });

  it('learns from the labels of the ledger', async () => {
    const shell = await shellWithLabels(40);

    const { out, exitCode } = await shell.run(['train', '--ledger', '--out', 'p.json', '--with', 'prior']);

    expect(exitCode).toBe(0);
    expect(out).toMatch(/40 in \d+ groups, 0 with their words: ledger 40/);
    expect(out).toMatch(/ledger\s+40\s+0\.500/);
  });

  it('tells each bad line by its place and does nothing, or passes over them where it may', async () => {
    const record = { id: 'y', dataset: 'made-up', category: 'one', prompt: null };
    const badScore = JSON.stringify({ ...record, outcomes: { small: { score: 7 } } });
    const lines = [fileOf(40, 1), '{"id": "x"', badScore];
    const shell = shellWith({ 'a.jsonl': lines.join('\n') });

    const refused = await shell.run(['train', 'a.jsonl', '--out', 'p.json']);
    const passed = await shell.run([
      'train',
      'a.jsonl',
      '--out',
      'q.json',
      '--skip-bad-lines',
      '--with',
      'prior',
    ]);

    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.err).toMatch(/a\.jsonl:41: not JSON/);
    expect(refused.err).toMatch(/a\.jsonl:42: .*outcomes\.small\.score/);
    expect(refused.err).toContain('2 lines cannot be read; nothing was done.');
    expect(refused.err).toContain('--skip-bad-lines');
    expect(existsSync(join(shell.folder, 'p.json'))).toBe(false);
    expect(passed).toMatchObject({ exitCode: 0, err: expect.stringContaining('2 lines were passed over.') });
  });

  it.each([
    [['train', '--out', 'p.json'], 2, 'There is nothing to read.'],
    [['train', 'a.jsonl'], 2, '--out: has to name the file to write'],
    [['train', 'none.jsonl', '--out', 'p.json'], 1, 'There is no file none.jsonl.'],
    [['train', 'empty.jsonl', '--out', 'p.json'], 1, 'No line has an outcome of any model'],
    [['train', 'a.jsonl', '--out', 'p.json', '--tier', 'gpt-5-minni=mid'], 1, 'gpt-5-mini'],
    [['train', 'a.jsonl', '--out', 'p.json', '--tier', 'gpt-5=huge'], 2, '--tier'],
    [['train', 'a.jsonl', '--out', 'p.json', '--base', 'p', '--with', 'prior'], 2, 'Leave one of them out'],
    [
      ['train', 'a.jsonl', '--out', 'p.json', '--base', 'empty.jsonl'],
      1,
      'empty.jsonl: The policy file is no',
    ],
    [['train', '--ledger', '--out', 'p.json'], 1, 'There is no ledger'],
    [['train', 'a.jsonl', '--out', 'p.json', '--name', 'a b'], 2, '--name'],
  ])('says what is wrong with %j', async (words, exitCode, why) => {
    const shell = shellWith({ 'a.jsonl': fileOf(20, 1), 'empty.jsonl': '\n' });

    const said = await shell.run(words);

    expect(said).toMatchObject({ exitCode, err: expect.stringContaining(why) });
  });
});

const quick = ['--training', 'train.jsonl', '--policy', 'p.json'];

describe('evaluate', () => {
  it('holds a policy to outcomes it has not seen, beside its controls, with a certificate', async () => {
    const shell = shellWith({ 'train.jsonl': fileOf(300, 1), 'test.jsonl': fileOf(300, 2) });
    await shell.run(['train', 'train.jsonl', '--tag-category', '--out', 'p.json']);
    const words = ['evaluate', 'test.jsonl', ...quick, '--tag-category'];

    const [text, json] = [await shell.run(words), await shell.run([...words, '--json'])];

    const told = JSON.parse(json.out) as Evaluation & { certificate: { share: number; randomShare: number } };
    const named = Object.fromEntries(told.policies.map((line) => [line.name, line]));
    expect(told).toMatchObject({ rows: 300, costUnit: 'usd', weak: 'gpt-5-nano', strong: 'gpt-5' });
    expect(told.chosenOn).toBe('training rows');
    expect(named.policy?.apgr?.value).toBeGreaterThan(0.6);
    expect(named.policy?.saving95?.low).toBeGreaterThan(0.2);
    expect(named['prompt length']?.apgr?.value).toBeLessThan(0.6);
    expect(Object.keys(named)).toEqual(expect.arrayContaining(['random', 'oracle', 'always cheap']));
    expect(told.calibration[0]).toMatchObject({ of: 'all', outcomes: 900 });
    expect(told.certificate.share).toBeGreaterThan(told.certificate.randomShare);
    expect(text.out).toMatch(/APGR over prompt length: \+0\.\d+ .*above/);
    expect(text.out).toContain('Certificate, made on 150 requests');
  });

  it('takes two models and prices, and is held to the policy in force where none is named', async () => {
    const pair: KnownChances = { easy: { small: 0.8, large: 0.85 }, hard: { small: 0.2, large: 0.8 } };
    const shell = shellWith({
      'pair.jsonl': fileOf(100, 1, pair),
      'prices.json': JSON.stringify({ small: { input: 1, output: 2 }, large: { input: 10, output: 20 } }),
    });

    const { out } = await shell.run(['evaluate', 'pair.jsonl', '--prices', 'prices.json', '--json']);

    const { policy, models, costUnit } = JSON.parse(out) as Evaluation;
    expect(policy).toMatch(/^default@/);
    expect(costUnit).toBe('usd');
    const [large, small] = models;
    expect((large?.cost ?? 0) / (small?.cost ?? 1)).toBeCloseTo(10);
  });

  it('takes seventy models without a prompt', async () => {
    const many: KnownChances = Object.fromEntries(
      ['one', 'two'].map((task, at) => [
        task,
        Object.fromEntries(
          Array.from({ length: 70 }, (_, model) => [`model-${model}`, 0.1 + ((model + 20 * at) % 70) / 90]),
        ),
      ]),
    );
    const rows = (seed: number) =>
      knownRows(60, many, { seed })
        .map((row) => lineOf(row, false))
        .join('\n');
    const shell = shellWith({ 'train.jsonl': rows(1), 'test.jsonl': rows(2) });
    const trained = await shell.run(['train', 'train.jsonl', '--tag-category', '--out', 'p.json']);

    const { out, exitCode } = await shell.run([
      'evaluate',
      'test.jsonl',
      ...quick,
      '--tag-category',
      '--json',
    ]);

    expect(trained.out).toContain('0 with their words');
    expect(trained.out).toContain('… and 40 models more.');
    expect(exitCode).toBe(0);
    const { models, policies } = JSON.parse(out) as Evaluation;
    expect(models).toHaveLength(70);
    expect(policies.map(({ name }) => name)).not.toContain('prompt length');
  });

  it('warns of rows that the policy has seen', async () => {
    const shell = shellWith({ 'train.jsonl': fileOf(40, 1), 'test.jsonl': fileOf(40, 1) });
    await shell.run(['train', 'train.jsonl', '--with', 'prior', '--out', 'p.json']);

    const [shared, same] = [
      await shell.run(['evaluate', 'test.jsonl', ...quick, '--json']),
      await shell.run(['evaluate', 'train.jsonl', '--policy', 'p.json', '--json']),
    ];

    expect(shared.err).toContain('40 of 40 rows stand in the training files, too');
    expect(same.err).toContain('p.json says that it learnt from train');
    expect(shared.err).not.toContain('says that it learnt');
  });

  it.each([
    [['--weak', 'gpt-5-nanno'], 1, 'gpt-5-nano'],
    [['--weak', 'gpt-5', '--strong', 'gpt-5'], 2, 'Name two.'],
    [['--policy', 'none.json'], 1, 'There is no file none.json.'],
    [['--prices', 'test.jsonl'], 1, 'is not JSON'],
    [['--prices', 'bad.json'], 1, 'in dollars a million tokens'],
    [['--prices', 'part.json'], 1, 'has no price'],
    [['--quality', '2'], 2, '--quality'],
  ])('says what is wrong with %j', async (words, exitCode, why) => {
    const shell = shellWith({
      'test.jsonl': fileOf(40, 1),
      'bad.json': '{"gpt-5": 7}',
      'part.json': '{"gpt-5": {"input": 1, "output": 2}}',
    });

    const said = await shell.run(['evaluate', 'test.jsonl', ...words]);

    expect(said).toMatchObject({ exitCode, err: expect.stringContaining(why) });
  });
});

describe('calibrate', () => {
  const elsewhere: KnownChances = { drafts: { 'gpt-5': 0.95 }, proofs: { 'gpt-5': 0.85 } };
  const here: KnownChances = { drafts: { 'gpt-5': 0.6 }, proofs: { 'gpt-5': 0.3 } };

  it('puts chances right by local labels, and tells before and after', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(300, 1, elsewhere), 'here.jsonl': fileOf(200, 2, here) });
    await shell.run(['train', 'a.jsonl', '--tag-category', '--out', 'p.json']);
    const words = ['calibrate', 'here.jsonl', '--tag-category', '--policy', 'p.json'];

    const { out, exitCode } = await shell.run([...words, '--out', 'q.json', '--json']);

    expect(exitCode).toBe(0);
    const { from, version, changes } = JSON.parse(out) as {
      from: string;
      version: string;
      changes: { before: { ece: number }; after: { ece: number; floor: number } }[];
    };
    expect(version).not.toBe(from);
    expect(changes[0]?.before.ece).toBeGreaterThan(0.3);
    expect(changes[0]?.after.ece).toBeLessThan(0.12);
    const after = await shell.run([
      'calibrate',
      'here.jsonl',
      '--tag-category',
      '--policy',
      'q.json',
      '--out',
      'r',
    ]);
    expect(after).toMatchObject({ exitCode: 1, err: expect.stringContaining('nothing was written') });
  });

  it('asks for more where there are too few labels', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(60, 1), 'few.jsonl': fileOf(9, 2, here) });
    await shell.run(['train', 'a.jsonl', '--with', 'prior', '--out', 'p.json']);

    const said = await shell.run(['calibrate', 'few.jsonl', '--policy', 'p.json', '--out', 'q.json']);

    expect(said).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('9 outcomes, and 30 are wanted'),
    });
    expect(existsSync(join(shell.folder, 'q.json'))).toBe(false);
  });
});

describe('tune', () => {
  it('finds the task on which the mid tier is as good, and writes the rule', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(1600, 1) });
    const words = ['tune', 'a.jsonl', '--tier', 'mid', '--margin', '0.08', '--tag-category'];

    const [text, json] = [await shell.run(words), await shell.run([...words, '--json'])];

    const { tasks, rules } = JSON.parse(json.out) as Tuning & { rules: string };
    expect(tasks).toMatchObject([
      { task: 'drafts', model: 'gpt-5-mini', verdict: 'shown' },
      { task: 'proofs', verdict: 'worse' },
    ]);
    expect(rules).toMatch(/task: drafts[\s\S]*use: gpt-5-mini/);
    expect(text.out).toContain('drafts to the mid tier');
  });

  it('says what tiers it lacks', async () => {
    const shell = shellWith({ 'a.jsonl': fileOf(60, 1, { one: { 'gpt-5-nano': 0.5, 'gpt-5': 0.9 } }) });

    const said = await shell.run(['tune', 'a.jsonl']);

    expect(said).toMatchObject({ exitCode: 1, err: expect.stringContaining('no model of the mid tier') });
  });
});

/** A shell whose ledger has so many labelled exchanges, every other of them good. */
const shellWithLabels = async (count: number): Promise<FakeShell> => {
  const shell = fakeShell();
  const ledger = await openLedger({
    dir: join(shell.folder, '.tierwise'),
    texts: { store: false, keepMs: 0 },
    world: realWorld,
  });
  onTestFinished(() => ledger.close());
  const ids = Array.from({ length: count }, newId);
  for (const id of ids)
    ledger.settle(
      exchangeLike(intentLike({ id, receivedAt: realWorld.now() }), { attempts: [attemptLike({})] }),
    );
  await ledger.flush();
  const labels = ids.map((id: ExchangeId, at) => JSON.stringify({ exchange: id, score: at % 2 }));
  writeFileSync(join(shell.folder, 'labels.jsonl'), labels.join('\n'));
  await shell.run(['label', '--file', 'labels.jsonl']);
  return shell;
};
