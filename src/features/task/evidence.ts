import type { Task } from '../../core/features.ts';
import { questionNames, type VerbClass } from './lexicon.ts';
import { signal, signalsNamed } from './signal-names.ts';
import type { Signals } from './signals.ts';

/** Tasks that rules send to small models: taking something harder for one of these is the costly mistake. */
export const lightTasks: ReadonlySet<Task> = new Set<Task>([
  'formatting',
  'completion',
  'extraction',
  'smalltalk',
  'translation',
  'question',
  'background',
]);

const heads = (...verbs: readonly VerbClass[]): readonly string[] =>
  verbs.flatMap((verb) => [`main:${verb}`, `also:${verb}`]);

/**
 * What an ask must say of itself, beside a high score, to be taken for a light task: the order itself, not
 * words that happen to stand around it. One of each group is enough.
 */
const evidenceNames: Partial<Record<Task, readonly (readonly string[])[]>> = {
  formatting: [heads('fix', 'format', 'rename', 'remove', 'convert', 'rewrite', 'implement')],
  completion: [[...heads('complete'), 'marks:open-end', 'marks:hole', 'marks:blank', 'marks:signature']],
  extraction: [
    [
      ...heads('extract', 'classify'),
      'explain>data',
      'debug>data',
      'which?>data',
      'what?>data',
      'yesno?>data',
    ],
  ],
  smalltalk: [['about:greeting', 'near:greeting']],
  translation: [[...heads('translate'), 'about:tongue', 'near:tongue']],
  background: [['about:title'], ['about:talk', 'near:talk']],
  question: [
    [...heads('explain', 'compare'), ...questionNames.flatMap((name) => [`main:${name}?`, `also:${name}?`])],
  ],
};

interface Evidence {
  readonly anywhere: readonly number[];
  /** Without the orders and questions that come after the first. */
  readonly first: readonly number[];
}

const evidence: ReadonlyMap<Task, readonly Evidence[]> = new Map(
  Object.entries(evidenceNames).map(([task, groups]) => [
    task as Task,
    groups.map((names) => ({
      anywhere: signalsNamed(names),
      first: signalsNamed(names.filter((name) => !name.startsWith('also:'))),
    })),
  ]),
);

/** Fields in which a slip is dear, and signs that a thing is harder than its order sounds. */
const grave = signalsNamed([
  'about:clinical',
  'about:legal',
  'about:security',
  'about:proof',
  'marks:formula',
  'marks:trace',
  'head:late',
]);

const holdsAny = (held: readonly number[], wanted: readonly number[]): boolean =>
  held.some((id) => wanted.includes(id));

/**
 * Mathematics and multiple choice are never light, whatever words stand around them. `isRead`: the words of
 * the ask are known, so the order must be among them.
 */
export const isForbidden = (
  task: Task,
  { held, isMathematical, isChoice }: Signals,
  ask: string,
  isRead: boolean,
): boolean => {
  if (!lightTasks.has(task)) return false;
  if (isMathematical || isChoice || holdsAny(held, grave)) return true;
  if (task === 'smalltalk' && ask.length > longestSmalltalk) return true;
  if (!isRead) return false;
  // in a long ask some later sentence always sounds like an order: there only the first one counts
  const isLong = held.includes(signal.sentences);
  return !(evidence.get(task) ?? []).every(({ first, anywhere }) =>
    holdsAny(held, isLong ? first : anywhere),
  );
};

const longestSmalltalk = 60;
