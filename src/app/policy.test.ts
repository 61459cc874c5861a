import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { smallPolicy } from '../learning/small-policy.cases.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';
import { readPolicy } from '../routing/classifier/read-policy.ts';
import { sealPolicy } from '../routing/classifier/seal.ts';
import { PolicyInForce } from './policy.ts';
import type { PolicyPlace } from './policy-file.ts';

const one = smallPolicy({ 'a/small': 0.5, 'a/large': 0.9 }, 'one');
const other = smallPolicy({ 'a/small': 0.8, 'a/large': 0.9 }, 'other');
const nameOf = ({ name, hash }: PolicyFile): string => `${name}@${hash.slice(0, 8)}`;

let folder: string;
let place: PolicyPlace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierwise-policy-'));
  place = { path: join(folder, 'policy.json'), isRequired: true };
  return () => rmSync(folder, { recursive: true });
});

const write = (content: PolicyFile | string, path = place.path): void => {
  writeFileSync(`${path}.new`, typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(`${path}.new`, path);
};

const holder = (builtIn?: PolicyFile) => {
  const [info, warn] = [vi.fn<(message: string) => void>(), vi.fn<(message: string) => void>()];
  const policy = new PolicyInForce({
    builtIn: () => builtIn && readPolicy(Buffer.from(JSON.stringify(builtIn))),
    info,
    warn,
  });
  onTestFinished(() => policy.close());
  return { policy, info, warn };
};

describe('the policy in force', () => {
  it('is that of its file, and another one soon after the file changes', async () => {
    write(one);
    const { policy, info, warn } = holder();
    policy.prepare(place).use();
    expect(policy.current?.policy).toBe(nameOf(one));

    write(other);

    await vi.waitFor(() => expect(policy.current?.policy).toBe(nameOf(other)), 5000);
    expect(info.mock.calls).toEqual([[`The policy ${nameOf(other)} is in force; it was ${nameOf(one)}.`]]);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each<[string, PolicyFile | string, string]>([
    ['is no JSON', '{"format":', 'is no JSON'],
    ['is something else', '{"format":"other"}', 'is no "tierwise-policy/1" file'],
    ['was changed by hand', { ...other, seed: 7 }, 'does not hold what its hash says'],
    [
      'was made for other features',
      sealPolicy({ ...other, featureSet: 'features-0' }),
      'was trained on the features',
    ],
    ['is too large', ' '.repeat(5_000_001), '5000001 bytes'],
  ])('stays where the new file %s, and the log says why, once', async (_, content, why) => {
    write(one);
    const { policy, warn } = holder();
    policy.prepare(place).use();

    write(content);
    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 5000);
    write(content);
    write(other);
    await vi.waitFor(() => expect(policy.current?.policy).toBe(nameOf(other)), 5000);

    expect(warn.mock.calls).toEqual([[expect.stringContaining(why)]]);
    expect(warn.mock.calls[0]?.[0]).toContain(`${nameOf(one)} stays in force`);
  });

  it('stays where its file goes away', async () => {
    write(one);
    const { policy, warn } = holder();
    policy.prepare(place).use();

    rmSync(place.path);

    await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.stringContaining('no such file')), 5000);
    expect(policy.current?.policy).toBe(nameOf(one));
  });

  it('is not begun with where the file that is named is broken or missing', () => {
    const { policy } = holder(one);

    expect(() => policy.prepare(place)).toThrow(/was refused: There is no such file/);
    write('{}');
    expect(() => policy.prepare(place)).toThrow(/was refused: The policy file is no/);
  });

  it('is the one that ships until learning has made another, and again where that is broken', async () => {
    const learnt = { path: join(folder, 'policies', 'policy.json'), isRequired: false };
    const { policy, warn } = holder(one);
    policy.prepare(learnt).use();
    expect(policy.current?.policy).toBe(nameOf(one));

    write(other, learnt.path);
    await vi.waitFor(() => expect(policy.current?.policy).toBe(nameOf(other)), 5000);

    write('{', learnt.path);
    const next = holder(one);
    next.policy.prepare(learnt).use();
    expect(next.policy.current?.policy).toBe(nameOf(one));
    expect(next.warn).toHaveBeenCalledWith(expect.stringContaining('is no JSON'));
    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 5000);
    expect(policy.current?.policy).toBe(nameOf(other));
  });

  it('follows another file when the configuration names one, and only when that is put in force', async () => {
    write(one);
    const second = { path: join(folder, 'second.json'), isRequired: true };
    write(other, second.path);
    const { policy } = holder();
    policy.prepare(place).use();

    const prepared = policy.prepare(second);
    expect(policy.current?.policy).toBe(nameOf(one));
    prepared.use();
    expect(policy.current?.policy).toBe(nameOf(other));

    const third = smallPolicy({ 'a/small': 0.1 }, 'third');
    write(third, second.path);
    await vi.waitFor(() => expect(policy.current?.policy).toBe(nameOf(third)), 5000);
  });

  it('is swapped where a folder is swapped by a link, as mounted config maps are', async () => {
    for (const [name, content] of [
      ['..first', one],
      ['..second', other],
    ] as const) {
      mkdirSync(join(folder, name));
      write(content, join(folder, name, 'policy.json'));
    }
    symlinkSync('..first', join(folder, '..data'));
    symlinkSync('..data/policy.json', place.path);
    const { policy } = holder();
    policy.prepare(place).use();
    expect(policy.current?.policy).toBe(nameOf(one));

    symlinkSync('..second', join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));

    await vi.waitFor(() => expect(policy.current?.policy).toBe(nameOf(other)), 5000);
  });
});
