import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallPolicy } from '../learning/small-policy.cases.ts';
import { type Config, readConfig } from './config.ts';
import { watchConfig } from './config-watch.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierwise-watch-'));
  file = join(folder, 'tierwise.yaml');
  writeFileSync(file, 'log: { level: info }');
});

afterEach(() => rmSync(folder, { recursive: true }));

const watching = (apply: (config: Config) => void = () => {}, changedBefore?: string) => {
  const levels: string[] = [];
  const outcomes: string[] = [];
  const read = () => readConfig(file, { environment: {}, folder });
  const { text } = read();
  if (changedBefore !== undefined) writeFileSync(file, changedBefore);
  const watch = watchConfig(file, {
    read,
    text,
    apply: (config) => {
      apply(config);
      levels.push(config.log.level);
    },
    told: (outcome, findings) => outcomes.push([outcome, ...findings.map(({ code }) => code)].join(' ')),
  });
  return { watch, levels, outcomes };
};

describe('a watched configuration', () => {
  it('is put in force when the file is replaced', async () => {
    const { watch, levels } = watching();

    writeFileSync(`${file}.new`, 'log: { level: debug }');
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(levels).toEqual(['debug']), { timeout: 10_000 });

    watch.close();
  });

  it('is put in force when the file changed between its reading and the watch', async () => {
    const { levels, watch } = watching(() => {}, 'log: { level: error }');

    await vi.waitFor(() => expect(levels).toEqual(['error']), { timeout: 10_000 });

    watch.close();
  });

  it('is not read anew because of what else is written in its folder', async () => {
    const read = vi.fn(() => readConfig(file, { environment: {}, folder }));
    const { text } = read();
    const applied: string[] = [];
    const watch = watchConfig(file, {
      read,
      text,
      apply: ({ log }) => void applied.push(log.level),
      told: () => undefined,
    });

    writeFileSync(join(folder, 'some.log'), 'a line');
    await new Promise((resolve) => setTimeout(resolve, 400));
    writeFileSync(file, 'log: { level: debug }');
    await vi.waitFor(() => expect(applied).toEqual(['debug']), { timeout: 10_000 });

    // once by us, and once for what is in force now
    expect(read).toHaveBeenCalledTimes(2);
    watch.close();
  });

  it('keeps the old one when the new one is broken, and takes it once mended', async () => {
    const { watch, levels, outcomes } = watching();

    writeFileSync(file, 'log: { levl: debug }');
    await watch.reload();
    writeFileSync(file, 'log: { level: warn }');
    await watch.reload();

    expect(levels).toEqual(['warn']);
    expect(outcomes).toEqual(['refused unknown-key', 'applied']);
    watch.close();
  });

  it('takes one whose policy was still to come as soon as it has come, and refuses it aloud only once', async () => {
    const { watch, levels, outcomes } = watching();

    writeFileSync(file, 'log: { level: warn }\npolicy: sub/policy.json');
    await watch.reload();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'policy.json'), '{ half');
    await vi.waitFor(() => expect(outcomes).toHaveLength(2), { timeout: 10_000 });
    writeFileSync(join(folder, 'sub', 'policy.json'), JSON.stringify(smallPolicy({ 'one/a': 0.5 })));
    await vi.waitFor(() => expect(levels).toEqual(['warn']), { timeout: 10_000 });

    expect(outcomes).toEqual(['refused bad-policy', 'refused bad-policy', 'applied']);
    watch.close();
  });

  it('keeps the old one when the new one cannot be built or the file is gone', async () => {
    const { watch, levels, outcomes } = watching(() => {
      throw new Error('no room');
    });

    await watch.reload();
    rmSync(file);
    await watch.reload();

    expect(levels).toEqual([]);
    expect(outcomes).toEqual(['refused', 'refused no-file']);
    watch.close();
  });

  it('is re-read at a hang-up signal', async () => {
    const { watch, outcomes } = watching();

    process.emit('SIGHUP');
    await vi.waitFor(() => expect(outcomes).toEqual(['applied']), { timeout: 10_000 });

    watch.close();
  });
});
