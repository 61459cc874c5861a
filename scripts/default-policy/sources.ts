import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '../../src/catalog/tiers.ts';
import { type Tier, tiers } from '../../src/core/model.ts';
import { rowsOf } from '../../src/learning/dataset.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import { loadOutcomes, type OutcomeRecord } from '../../src/simulator/outcomes.ts';

/** Recorded outcomes that may be learnt from: nothing else is read. */
export const sources = [
  { name: 'mmlu_pro', licence: 'Apache-2.0', from: 'TIGER-AI-Lab/MMLU-Pro' },
  { name: 'reasoning_gym', licence: 'Apache-2.0', from: 'open-thought/reasoning-gym-eval' },
  { name: 'zeroeval', licence: 'Apache-2.0', from: 'WildEval/ZeroEval' },
  { name: 'ulab_llmrouter', licence: 'MIT', from: 'ulab-uiuc/LLMRouter' },
  { name: 'arena_bench_v1', licence: 'Apache-2.0', from: 'lmarena/arena-hard-auto' },
] as const;

export type Source = (typeof sources)[number];

const folder = join(import.meta.dirname, '../../../shared/data/outcomes');
const fileOf = ({ name }: Source): string => join(folder, `${name}.jsonl.gz`);

export const hasSources = sources.every((source) => existsSync(fileOf(source)));

/** One request of a source: how each recorded model did on it, and what kind of request it is. */
export interface SourceRow extends TrainingRow {
  readonly source: Source['name'];
  readonly kind: string;
}

export const readSource = async (source: Source): Promise<readonly SourceRow[]> => {
  const records = (await loadOutcomes(fileOf(source))).map(assistantsOnly);
  const byId = new Map(records.map((record) => [record.id, record]));
  // templates of one task are near-duplicates: they are never parted
  const rows = rowsOf(records, { group: (record) => taskIn(record) ?? record.id });
  const kinds = rows.map(({ id }) => kindOf(byId.get(id)));
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return rows.map((row, at) => {
    const kind = `${source.name}/${kinds[at]}`;
    return {
      ...row,
      source: source.name,
      kind,
      weight: Math.min(1, mostOfKind / (counts.get(kinds[at] ?? '') ?? 1)),
    };
  });
};

/** Rows of a kind count for no more than so many together: many rows of one kind are not many kinds. */
const mostOfKind = 100;

const taskIn = ({ meta }: OutcomeRecord): string | undefined =>
  typeof meta?.task === 'string' ? meta.task : undefined;

const kindOf = (record: OutcomeRecord | undefined): string =>
  record === undefined ? '' : (taskIn(record) ?? record.category);

/** What makers call their models says their tier; these are of makers that the catalogue does not know. */
const otherTiers: readonly (readonly [RegExp, Tier])[] = [
  [/^(?:phi-3|yi-6b-chat|yi-1\.5-9b|mathstral-7b|codegemma|starling|openchat|llama-13b)/i, 'light'],
  [
    /^(?:c4ai-command-r|jamba|athene|yi-1\.5-34b|reka-flash|llama-3\.1-nemotron-51b|palm-2|vicuna-33b)/i,
    'mid',
  ],
  [/^(?:deepseek-coder-v2|reka-core|yi-large|claude-[12](?:\.1)?$)/i, 'frontier'],
];

/** Models that only go on with a text answer nobody's questions. */
const isBare = (name: string): boolean =>
  /-hf$|^Mistral-7B-v|^Mixtral-8x7B-v|^Meta-Llama-3(?:_1)?-\d+B$|^Yi-\d+B$|^gemma-7b$|^Qwen1\.5-110B$/.test(
    name,
  );

export const tierOfRecorded = (name: string): Tier | undefined =>
  placeOf(name)?.tier ?? otherTiers.find(([pattern]) => pattern.test(name))?.[1];

const assistantsOnly = (record: OutcomeRecord): OutcomeRecord => ({
  ...record,
  outcomes: Object.fromEntries(Object.entries(record.outcomes ?? {}).filter(([name]) => !isBare(name))),
});

/** The models of each tier as one: its score on a request is their mean. */
export const byTier = (rows: readonly SourceRow[]): readonly TrainingRow[] =>
  rows.map((row) => ({
    ...row,
    outcomes: Object.fromEntries(
      tiers.flatMap((tier) => {
        const scores = Object.entries(row.outcomes).flatMap(([name, { score }]) =>
          tierOfRecorded(name) === tier ? [score] : [],
        );
        const sum = scores.reduce((total, score) => total + score, 0);
        return scores.length === 0 ? [] : [[tier, { score: sum / scores.length }]];
      }),
    ),
  }));
