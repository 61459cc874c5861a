import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadOutcomes, type OutcomeLine, readOutcomes } from './outcomes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tierwise-outcomes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const good = {
  id: 'a/1',
  dataset: 'a',
  category: 'c',
  prompt: 'Why?',
  outcomes: { 'maker/model': { score: 0.5, costUsd: 0.001, novel: 1 } },
};
const line = (record: unknown): string => `${JSON.stringify(record)}\n`;

describe('outcome files', () => {
  it('are read packed or plain, by what is in them and not by their names', async () => {
    const plain = file('plain.gz', line(good));
    const packed = file('packed.jsonl', gzipSync(line(good)));

    await expect(loadOutcomes(plain)).resolves.toEqual([good]);
    await expect(loadOutcomes(packed)).resolves.toEqual([good]);
  });

  it('name each bad line and what is wrong there, and go on', async () => {
    const path = file(
      'mixed.jsonl',
      [
        line(good),
        '{"id": "torn\n',
        '\n',
        line({ ...good, id: 'a/2', outcomes: { m: { score: 1.5 } } }),
        line({ ...good, id: 'a/3', prompt: undefined }),
        line(good),
        line({ ...good, id: 'a/4', prompt: null, responses: { m: 'x' } }),
      ].join(''),
    );
    const lines: OutcomeLine[] = [];
    for await (const read of readOutcomes(path)) lines.push(read);

    expect(lines.map((read) => [read.line, read.type === 'record' ? read.record.id : read.problem])).toEqual([
      [1, 'a/1'],
      [2, expect.stringMatching(/^not JSON: /)],
      [4, expect.stringMatching(/^outcomes\.m\.score: .*1/)],
      [5, expect.stringMatching(/^prompt: /)],
      [6, 'id: "a/1" was there before'],
      [7, 'a/4'],
    ]);
    await expect(loadOutcomes(path)).rejects.toThrow(`${path}:2: not JSON`);
  });

  it('fail where the file is missing or its packing broken', async () => {
    const torn = file('torn.gz', gzipSync(line(good).repeat(5000)).subarray(0, 60));

    await expect(loadOutcomes(join(folder, 'nowhere.jsonl'))).rejects.toThrow('ENOENT');
    await expect(loadOutcomes(torn)).rejects.toThrow(`${torn}: cannot be read to its end`);
  });
});
