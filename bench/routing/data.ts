import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadOutcomes, type OutcomeRecord } from '../../src/simulator/outcomes.ts';

const folder = join(import.meta.dirname, '../../../shared/data/outcomes');

/** Sources of recorded outcomes, by the name of their file. */
export const sourceNames = [
  'routellm',
  'mmlu_pro',
  'ulab_llmrouter',
  'reasoning_gym',
  'zeroeval',
  'bfcl_2024_08',
  'routerbench_subset',
  'swebench_verified_miniagent',
  'mcpmark',
] as const;
export type SourceName = (typeof sourceNames)[number];

const fileOf = (name: SourceName): string => join(folder, `${name}.jsonl.gz`);

export const hasSource = (name: SourceName): boolean => existsSync(fileOf(name));

const loaded = new Map<SourceName, Promise<readonly OutcomeRecord[]>>();

/** The records of a source, read once in a run. */
export const recordsOf = (name: SourceName): Promise<readonly OutcomeRecord[]> => {
  const known = loaded.get(name) ?? loadOutcomes(fileOf(name));
  loaded.set(name, known);
  return known;
};
