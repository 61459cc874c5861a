import type { ChatRequest, Tool } from '../core/chat.ts';
import { isObject } from '../core/json.ts';
import { describe } from '../features/describe.ts';
import type { OutcomeRecord } from '../simulator/outcomes.ts';
import type { TrainingRow } from './trainer.ts';

export interface RowOptions {
  /** What a caller's tag "task" would have said of a record; undefined where nobody would. */
  readonly tag?: (record: OutcomeRecord) => string | undefined;
  /** What is never parted between training and test; each record by itself unless told. */
  readonly group?: (record: OutcomeRecord) => string;
}

/**
 * Rows of an outcome file, described by the same function that describes requests being served. Records
 * without any outcome are left out: there is nothing in them to learn from.
 */
export const rowsOf = (
  records: readonly OutcomeRecord[],
  { tag, group = groupOf }: RowOptions = {},
): readonly TrainingRow[] =>
  records.flatMap((record): readonly TrainingRow[] => {
    const { outcomes = {} } = record;
    if (Object.keys(outcomes).length === 0) return [];
    const named = tag?.(record);
    const tags: Readonly<Record<string, string>> = named === undefined ? {} : { task: named };
    const { features, ask } = describe(requestOf(record), Buffer.byteLength(record.prompt ?? ''), { tags });
    return [
      {
        id: record.id,
        group: group(record),
        subject: { ask, features, route: textIn(record, 'route'), agent: textIn(record, 'agent'), tags },
        outcomes,
        weight: 1,
      },
    ];
  });

/** Turns of one session stay together. */
const groupOf = (record: OutcomeRecord): string => textIn(record, 'session') || record.id;

const textIn = ({ meta }: OutcomeRecord, field: string): string => {
  const value = meta?.[field];
  return typeof value === 'string' ? value : '';
};

/** The request a caller would have sent: the prompt, and the functions that could be called. */
export const requestOf = ({ prompt, meta }: OutcomeRecord): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: prompt ?? '' }] }],
  tools: Array.isArray(meta?.functions) ? meta.functions.flatMap(toolOf) : [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
});

const toolOf = (written: unknown): readonly Tool[] => {
  if (!isObject(written)) return [];
  const { name, description, parameters } = written;
  return [
    {
      type: 'function',
      name: typeof name === 'string' ? name : '',
      ...(typeof description === 'string' && { description }),
      ...(isObject(parameters) && { schema: parameters }),
    },
  ];
};
