import type { Task } from '../../core/features.ts';
import { pleasantries, questionNames, type VerbClass } from './lexicon.ts';
import { signal, signalNames, signalsNamed } from './signal-names.ts';
import { readSignals, type Signals } from './signals.ts';
import weights from './weights.json' with { type: 'json' };

/** A task, and how sure the recogniser is of it: 0 where it is unsure. */
export interface Recognised {
  readonly task: Task;
  readonly confidence: number;
}

/** What kind of work an ask is. It would rather be unsure than wrong, above all where wrong is cheap. */
export const recogniseAsk = (ask: string): Recognised => {
  if (!ask) return unsure;
  if (isPleasantry(ask)) return { task: 'smalltalk', confidence: 1 };
  const signals = readSignals(ask);
  const { best, margin, chance } = scoreSignals(signals.held);
  if (best === 'unsure' || isForbidden(best, signals, ask)) return unsure;
  const bar = lightTasks.has(best) ? weights.lightBar : weights.bar;
  if (chance < bar.chance || margin < bar.margin) return unsure;
  return { task: best, confidence: Math.round(chance * 1_000) / 1_000 };
};

const unsure: Recognised = { task: 'unsure', confidence: 0 };

const heads = (...verbs: readonly VerbClass[]): readonly string[] =>
  verbs.flatMap((verb) => [`main:${verb}`, `also:${verb}`]);

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

/** Mathematics, multiple choice and unread languages are never light, whatever words stand around them. */
const isForbidden = (
  task: Task,
  { held, isMathematical, isChoice, isForeign }: Signals,
  ask: string,
): boolean => {
  if (isForeign) return true;
  if (!lightTasks.has(task)) return false;
  if (isMathematical || isChoice || holdsAny(held, grave)) return true;
  if (task === 'smalltalk' && ask.length > longestSmalltalk) return true;
  // in a long ask some later sentence always sounds like an order: there only the first one counts
  const isLong = held.includes(signal.sentences);
  return !(evidence.get(task) ?? []).every(({ first, anywhere }) =>
    holdsAny(held, isLong ? first : anywhere),
  );
};

const longestSmalltalk = 60;

const sayings = new Set(pleasantries.split('|'));

const isPleasantry = (ask: string): boolean => {
  if (ask.length > 40) return false;
  const words = ask
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}']+/gu, ' ')
    .trim();
  return sayings.has(words);
};

const classes = weights.tasks as readonly Task[];
/** One row of weights a signal, one column a task; a signal that was too rare to learn weighs nothing. */
const table = new Float64Array(signalNames.length * classes.length);
for (const [index, name] of signalNames.entries()) {
  const row = (weights.rows as Readonly<Record<string, string>>)[name];
  if (row) table.set(row.split(' ').map(Number), index * classes.length);
}

export interface Scored {
  readonly best: Task;
  /** Chance of the best task by softmax, and how far the next one lies behind. */
  readonly chance: number;
  readonly margin: number;
}

/** Used again for every ask: what stands in it is read before anybody else scores. */
const scores = new Float64Array(classes.length);

export const scoreSignals = (held: readonly number[]): Scored => {
  scores.fill(0);
  for (const id of held) {
    const row = id * scores.length;
    for (let at = 0; at < scores.length; at++) scores[at] = (scores[at] ?? 0) + (table[row + at] ?? 0);
  }
  let top = 0;
  for (let at = 1; at < scores.length; at++) if ((scores[at] ?? 0) > (scores[top] ?? 0)) top = at;
  let sum = 0;
  let next = 0;
  const highest = scores[top] ?? 0;
  for (let at = 0; at < scores.length; at++) {
    const share = Math.exp((scores[at] ?? 0) - highest);
    sum += share;
    if (at !== top && share > next) next = share;
  }
  return { best: classes[top] ?? 'unsure', chance: 1 / sum, margin: (1 - next) / sum };
};
