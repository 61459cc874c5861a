import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KnownChances, knownRows } from '../learning/known-rows.cases.ts';
import type { TrainingRow } from '../learning/trainer.ts';
import { type FakeShell, fakeShell } from './fake-terminal.cases.ts';

const chances: KnownChances = {
  drafts: { 'gpt-5-nano': 0.95, 'gpt-5-mini': 0.95, 'gpt-5': 0.96 },
  proofs: { 'gpt-5-nano': 0.1, 'gpt-5-mini': 0.5, 'gpt-5': 0.9 },
};
const costs = { 'gpt-5-nano': 0.0001, 'gpt-5-mini': 0.001, 'gpt-5': 0.01 };

/** Rows as an outcome file has them; the words are the task's. */
export const lineOf = ({ id, subject, outcomes }: TrainingRow, hasPrompt = true): string => {
  const task = subject.tags.task ?? '';
  return JSON.stringify({
    id,
    dataset: 'made-up',
    category: task,
    prompt: hasPrompt
      ? `${task === 'proofs' ? 'Prove the lemma' : 'Draft a letter'} ${subject.ask}${id}`
      : null,
    outcomes,
  });
};

export const fileOf = (count: number, seed: number, of: KnownChances = chances): string =>
  knownRows(count, of, { seed, costs })
    .map((row) => lineOf(row))
    .join('\n');

export const shellWith = (files: Readonly<Record<string, string | Buffer>>): FakeShell => {
  const shell = fakeShell();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(shell.folder, name), content);
  return shell;
};

export const bytesOf = ({ folder }: FakeShell, name: string): Buffer => readFileSync(join(folder, name));
