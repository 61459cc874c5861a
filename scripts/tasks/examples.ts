import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../../src/core/features.ts';
import { packedLines } from '../packed-lines.ts';

/** An ask and the task a reader would call it. */
export interface Example {
  readonly text: string;
  readonly task: Task;
  readonly weight: number;
  readonly source: string;
  /** "en", "zh" … */
  readonly language: string;
}

/** Phrases written for this recogniser: `task<TAB>text`, line ends written as \n. */
export const readPhrases = (split: 'train' | 'held-out'): readonly Example[] =>
  readFileSync(join(import.meta.dirname, `${split}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [task = '', text = ''] = line.split('\t');
      return { text: unescaped(text), task: task as Task, weight: 3, source: 'phrases', language: 'en' };
    });

/** The same in other languages: `language<TAB>task<TAB>text`. */
export const readForeignPhrases = (split: 'train' | 'held-out'): readonly Example[] =>
  readFileSync(join(import.meta.dirname, `languages-${split}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [language = '', task = '', text = ''] = line.split('\t');
      return { text, task: task as Task, weight: 3, source: 'phrases', language };
    });

const unescaped = (text: string): string =>
  text.replace(/\\([nt\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\'));

const dataFolder = join(import.meta.dirname, '../../../shared/data/outcomes');
export const hasRecorded = existsSync(dataFolder);

/** At most this many prompts of one category, taken evenly: thousands of one template teach nothing more. */
const mostPerCategory = 120;
const mostWeight = 12;
const heldOutShare = 5;

/** Recorded prompts whose category names a task. One in five of each category is held out. */
export const readRecorded = (split: 'train' | 'held-out'): readonly Example[] =>
  hasRecorded ? Object.entries(taskOf).flatMap(([source, read]) => readSource(source, read, split)) : [];

interface Recorded {
  readonly dataset: string;
  readonly category: string;
  readonly prompt: string | null;
  readonly meta?: { readonly lang?: string };
}

const readSource = (source: string, read: TaskOf, split: 'train' | 'held-out'): readonly Example[] => {
  const groups = new Map<string, Example[]>();
  for (const record of packedLines<Recorded>(join(dataFolder, `${source}.jsonl.gz`))) {
    const task = record.prompt ? read(record) : undefined;
    if (!task || !record.prompt) continue;
    const key = `${source}/${record.dataset}/${record.category}/${task}/${(record.meta?.lang ?? 'en') === 'en' ? 'en' : 'other'}`;
    const group = groups.get(key) ?? [];
    group.push({ text: record.prompt, task, weight: 1, source: key, language: record.meta?.lang ?? 'en' });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => {
    const step = Math.max(1, Math.floor(group.length / (mostPerCategory * 1.25)));
    const taken = group
      .filter((_, index) => index % step === 0)
      .filter((_, index) => (index % heldOutShare === 0) === (split === 'held-out'));
    // a category is one voice, however many prompts of its template there are; other languages have few
    return taken.map((example) => ({
      ...example,
      weight: example.language === 'en' ? Math.min(1, mostWeight / taken.length) : 1,
    }));
  });
};

type TaskOf = (record: Recorded) => Task | undefined;

const labelled: Readonly<Record<string, Task>> = {
  'factual-qa': 'question',
  definition: 'question',
  explanation: 'question',
  comparison: 'question',
  'system-design': 'architecture',
  architecture: 'architecture',
  infrastructure: 'architecture',
  migration: 'architecture',
  'simple-code': 'coding',
  'complex-code': 'coding',
  'data-analysis': 'coding',
  'formal-proof': 'reasoning',
  'algorithm-proof': 'reasoning',
  'formal-logic': 'reasoning',
  'logic-puzzle': 'reasoning',
  'game-theory': 'reasoning',
  'math-derivation': 'reasoning',
  debugging: 'debugging',
  'code-review': 'code-review',
  summary: 'summarisation',
  greeting: 'smalltalk',
  brainstorming: 'writing',
  creative: 'writing',
  testing: 'test-writing',
  translation: 'translation',
  extraction: 'extraction',
  classification: 'extraction',
  'security-analysis': 'security',
  documentation: 'documentation',
};

/** The generated puzzles and programs are left out: their one long template would teach that long means hard. */
const gymTasks: Readonly<Record<string, Task>> = {
  arithmetic: 'maths',
  algebra: 'maths',
  geometry: 'maths',
  logic: 'reasoning',
};

const llmRouterTasks: Readonly<Record<string, Task>> = {
  trivia_qa: 'question',
  natural_qa: 'question',
  gsm8k: 'maths',
  math: 'maths',
  'agentverse-mgsm': 'maths',
  gpqa: 'expert',
  'agentverse-logicgrid': 'reasoning',
  mbpp: 'coding',
  human_eval: 'coding',
};

/** Which task a record's category stands for; undefined where it stands for none. */
const taskOf: Readonly<Record<string, TaskOf>> = {
  labels_uncommonroute: ({ category }) => labelled[category],
  mmlu_pro: ({ category }) => (category === 'math' ? 'maths' : 'expert'),
  reasoning_gym: ({ category }) => gymTasks[category],
  zeroeval: ({ category }) => (category === 'math' ? 'maths' : undefined),
  ulab_llmrouter: ({ dataset }) => llmRouterTasks[dataset],
};
