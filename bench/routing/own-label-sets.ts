import { rowsOf } from '../../src/learning/dataset.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import type { OutcomeRecord } from '../../src/simulator/outcomes.ts';
import { recordsOf, type SourceName } from './data.ts';
import type { Pair } from './pair-figures.ts';

/** A team's own labels, played by a benchmark: two models and the rows that know both. */
export interface LabelSet {
  readonly name: string;
  readonly source: SourceName;
  readonly of: (record: OutcomeRecord) => boolean;
  /** Set before anything was fitted: a small model somebody would route to, and the best constant. The first is the headline. */
  readonly pairs: readonly Pair[];
  /** APGR that was aimed at without a word of tags, and what a first look gave. */
  readonly aim: number;
  readonly firstLook: number;
}

const gpt4 = 'gpt-4-1106-preview';
const mixtral = 'mistralai/Mixtral-8x7B-Instruct-v0.1';
const isClean = ({ meta }: OutcomeRecord): boolean => meta?.contaminated !== true;

export const labelSets: readonly LabelSet[] = [
  {
    name: 'MMLU',
    source: 'routellm',
    of: (record) => record.dataset === 'mmlu' && isClean(record),
    pairs: [{ weak: mixtral, strong: gpt4 }],
    aim: 0.69,
    firstLook: 0.656,
  },
  {
    name: 'GSM8K',
    source: 'routellm',
    of: (record) => record.dataset === 'gsm8k' && isClean(record),
    pairs: [{ weak: mixtral, strong: gpt4 }],
    aim: 0.68,
    firstLook: 0.651,
  },
  {
    name: 'ulab',
    source: 'ulab_llmrouter',
    of: () => true,
    pairs: ['llama-3.1-8b-instruct', 'qwen2.5-7b-instruct', 'gemma-2-9b-it'].map((weak) => ({
      weak,
      strong: 'llama-3.1-nemotron-51b-instruct',
    })),
    aim: 0.84,
    firstLook: 0.759,
  },
  {
    name: 'reasoning_gym',
    source: 'reasoning_gym',
    of: () => true,
    pairs: [
      'meta-llama/llama-4-scout',
      'mistralai/mistral-small-3.1-24b-instruct',
      'meta-llama/llama-4-maverick',
    ].map((weak) => ({ weak, strong: 'openai/o3-mini' })),
    aim: 0.75,
    firstLook: 0.674,
  },
  {
    name: 'bfcl',
    source: 'bfcl_2024_08',
    of: () => true,
    pairs: ['gpt-3.5-turbo-0125-FC', 'claude-3-haiku-20240307', 'gpt-3.5-turbo-0125'].map((weak) => ({
      weak,
      strong: 'claude-3-5-sonnet-20240620',
    })),
    aim: 0.87,
    firstLook: 0.811,
  },
];

/** The same rows with the category as the caller's tag, and without. */
export interface SetRows {
  readonly plain: readonly TrainingRow[];
  readonly tagged: readonly TrainingRow[];
}

const described = new Map<string, Promise<SetRows>>();

/** The records of a set that know all models of its pairs, as rows; described once in a run. */
export const rowsOfSet = (set: LabelSet): Promise<SetRows> => {
  const known = described.get(set.name) ?? describeSet(set);
  described.set(set.name, known);
  return known;
};

const describeSet = async (set: LabelSet): Promise<SetRows> => {
  const names = new Set(set.pairs.flatMap(({ weak, strong }) => [weak, strong]));
  const records = (await recordsOf(set.source)).filter(
    (record) => set.of(record) && [...names].every((name) => record.outcomes?.[name]),
  );
  return { plain: rowsOf(records), tagged: rowsOf(records, { tag: ({ category }) => category }) };
};
