import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { realWorld } from '../kit/world.ts';
import { recordedModel } from '../learning/evaluate-models.ts';
import { smallPolicy } from '../learning/small-policy.cases.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import { readPolicy } from '../routing/classifier/read-policy.ts';
import { openLedger } from '../storage/open-ledger.ts';
import { exchangeLike, intentLike, newId } from '../storage/records.cases.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { type Config, configFromText } from './config.ts';
import { Learning, outcomeText } from './learning.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierwise-learning-'));
  return () => rmSync(folder, { recursive: true });
});

const configOf = (rest: object): Config => {
  const { config, findings } = configFromText(JSON.stringify(rest), { environment: {}, folder });
  if (!config) throw new Error(JSON.stringify(findings));
  return config;
};

const often = { every: '1s', minLabels: 10 };

/** A ledger in which everything that one model said was useless. */
const labelled = async (count: number): Promise<void> => {
  const ledger = await openLedger({
    dir: join(folder, '.tierwise'),
    texts: { store: false, keepMs: 0 },
    world: realWorld,
  });
  onTestFinished(() => ledger.close());
  const now = Date.now();
  for (let at = 0; at < count; at += 1) {
    const id = newId(now - at);
    ledger.settle(exchangeLike(intentLike({ id, receivedAt: now - at, session: id })));
    await ledger.note({ exchange: id, at: now - at, source: 'test', score: 0 });
  }
  await ledger.flush();
};

const learningWith = (config: () => Config) => {
  const [info, warn] = [vi.fn<(message: string) => void>(), vi.fn<(message: string) => void>()];
  const learning = new Learning({ config, world: realWorld, log: { info, warn } });
  onTestFinished(() => learning.close());
  return { learning, info, warn };
};

describe('learning beside the gateway', () => {
  it('publishes a policy into the file in force, and says in plain words by what it went', async () => {
    await labelled(40);
    const config = configOf({ learning: often });

    const { info } = learningWith(() => config);

    await vi.waitFor(() => expect(info).toHaveBeenCalled(), 15_000);
    const file = join(folder, '.tierwise', 'policies', 'policy.json');
    const { name, hash, sources } = JSON.parse(readFileSync(file, 'utf8')) as PolicyFile;
    expect(info.mock.calls[0]?.[0]).toMatch(
      new RegExp(
        `^Learnt ${name}@${hash.slice(0, 8)} from 40 rows .* on 12 labels held out, of 12 conversations`,
      ),
    );
    expect(sources).toEqual([{ name: 'ledger', rows: 40 }]);
    expect(existsSync(join(folder, '.tierwise', 'policies', `${name}@${hash.slice(0, 8)}.json`))).toBe(true);
  });

  it('goes on from the policy in force: what that knew of other models stays', async () => {
    await labelled(40);
    const path = join(folder, 'policy.json');
    const base = smallPolicy({ 'claude-sonnet-5': 0.9, 'claude-opus-5-5': 0.9 });
    writeFileSync(path, JSON.stringify(base));
    const config = configOf({ learning: often, policy: 'policy.json' });

    const { info } = learningWith(() => config);

    await vi.waitFor(() => expect(info).toHaveBeenCalled(), 15_000);
    const learnt = JSON.parse(readFileSync(path, 'utf8')) as PolicyFile;
    const { sources, models } = learnt;
    expect(sources.map(({ name }) => name)).toEqual(['made up', 'ledger']);
    expect(models.map(({ name, rows }) => [name, rows])).toEqual([
      ['claude-opus-5-5', 40],
      ['claude-sonnet-5', 80],
    ]);
    expect(existsSync(join(folder, '.tierwise', 'policies', `small@${base.hash.slice(0, 8)}.json`))).toBe(
      true,
    );
    const successOf = (file: PolicyFile, name: string) =>
      readPolicy(Buffer.from(JSON.stringify(file))).predict(
        { ask: 'Why?', features: sampleFeatures({}), route: 'auto', agent: '', tags: {} },
        [recordedModel(name, 'mid')],
        recordedModel(name, 'mid'),
      )[0]?.success.value ?? Number.NaN;
    expect(successOf(base, 'claude-sonnet-5')).toBeGreaterThan(0.8);
    expect(successOf(learnt, 'anthropic/claude-sonnet-5')).toBeLessThan(0.4);
    expect(successOf(learnt, 'claude-opus-5-5')).toBeGreaterThan(successOf(learnt, 'claude-sonnet-5') + 0.1);
  });

  it('does nothing until the configuration switches it on, and from then on', async () => {
    await labelled(40);
    let config = configOf({});
    const { learning, info } = learningWith(() => config);

    config = configOf({ learning: often });
    learning.follow();

    await vi.waitFor(() => expect(info).toHaveBeenCalledTimes(1), 15_000);
  });

  it('pauses where the configuration holds a policy that is kept to go back to', async () => {
    await labelled(40);
    const kept = join(folder, '.tierwise', 'policies', 'own@12345678.json');
    mkdirSync(join(folder, '.tierwise', 'policies'));
    const text = JSON.stringify(smallPolicy({ 'a/small': 0.5 }));
    writeFileSync(kept, text);
    const config = configOf({ learning: often, policy: kept });

    const { warn } = learningWith(() => config);

    await vi.waitFor(
      () => expect(warn).toHaveBeenCalledWith(expect.stringContaining('Learning pauses')),
      15_000,
    );
    expect(readFileSync(kept, 'utf8')).toBe(text);
  });

  it('tells of a fault once, and goes on', async () => {
    await labelled(1);
    mkdirSync(join(folder, '.tierwise', 'policies'));
    writeFileSync(join(folder, '.tierwise', 'policies', 'shelf.json'), 'nonsense');
    const config = configOf({ learning: often });

    const { warn } = learningWith(() => config);

    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 15_000);
    expect(warn.mock.calls[0]?.[0]).toMatch(
      /Learning from the ledger failed, .*shelf\.json cannot be read; remove it/,
    );
  });
});

describe('what a round came to', () => {
  const loss = {
    ...{ rows: 31, groups: 27, older: 0.179, newer: 0.1312 },
    difference: { value: -0.0478, low: -0.0911, high: -0.0042 },
  };

  it('is told with both figures and the interval of their difference', () => {
    const published = {
      type: 'published',
      policy: 'own@5b1c07aa',
      before: undefined,
      rows: 412,
      loss,
    } as const;

    expect(outcomeText(published)).toBe(
      'Learnt own@5b1c07aa from 412 rows of the ledger and published it: on 31 labels held out, of 27 conversations, its squared error is 0.1312, that of the old 0.1790 (difference -0.0478, 95 %: -0.0911 to -0.0042).',
    );
    expect(outcomeText({ type: 'kept', why: 'it is worse', loss })).toMatch(
      /^Nothing was published: it is worse; on 31 labels/,
    );
    expect(outcomeText({ type: 'waiting', labels: 3, wanted: 50 })).toBeUndefined();
  });
});
