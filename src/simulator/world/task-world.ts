import type { Tier } from '../../core/model.ts';
import { type AnswerSource, normalText, type SourcedAnswer, withoutReminders } from '../answer-source.ts';
import { chanceOf, createRandom, hashOf, type Random } from '../chance.ts';
import { chanceOfSuccess, type SimulatedModel } from '../simulated-model.ts';
import { askOf } from '../simulated-prompt.ts';
import { countTokens } from '../upstream/tokens.ts';
import { kinds } from './kinds/index.ts';
import { prose } from './prose.ts';
import type { AnswerStyle, TaskKind, WorldTask } from './task.ts';
import { type Earlier, wrap } from './wrappings.ts';

/**
 * The built-in world: tasks with checkable answers, made from a seed, so that whoever knows the seed
 * knows the tasks. It plays the models too: each answers a task rightly or wrongly, always the same.
 */
export interface TaskWorld extends AnswerSource {
  /** In the order of the workload. Made at the first use. */
  tasks(): readonly WorldTask[];
  find(userText: string): WorldTask | undefined;
  /** What this model says to this task. */
  play(model: SimulatedModel, task: WorldTask): SourcedAnswer;
}

export const createTaskWorld = ({
  seed = 1,
  size = 4000,
}: {
  readonly seed?: number;
  readonly size?: number;
} = {}): TaskWorld => {
  let made:
    | { readonly tasks: readonly WorldTask[]; readonly byText: ReadonlyMap<number, WorldTask> }
    | undefined;
  const all = () => {
    made ??= makeTasks(seed, size);
    return made;
  };
  const find = (userText: string): WorldTask | undefined => all().byText.get(textKey(userText));
  const play = (model: SimulatedModel, task: WorldTask): SourcedAnswer => playTask(seed, model, task);
  return {
    tasks: () => all().tasks,
    find,
    play,
    answer: (model, userText) => {
      const task = find(userText);
      return task && play(model, task);
    },
  };
};

const textKey = (text: string): number => hashOf(normalText(withoutReminders(text)));

const makeTasks = (seed: number, size: number) => {
  const tasks: WorldTask[] = [];
  const byText = new Map<number, WorldTask>();
  for (let at = 0; tasks.length < size; at += 1) {
    const task = makeTask(seed, at, `w${seed}-${tasks.length + 1}`);
    const key = textKey(askOf(task));
    // some kinds have few different asks: what was asked before is not asked again
    if (byText.has(key)) continue;
    byText.set(key, task);
    tasks.push(task);
  }
  return { tasks, byText };
};

const makeTask = (seed: number, at: number, id: string): WorldTask => {
  const random = createRandom('task', seed, at);
  const kind = weighted(random, kinds);
  const difficulty = difficultyFor(random, kind);
  // what can be seen of the difficulty: a part of it, and noise
  const visible = Math.min(1, Math.max(0, 0.75 * difficulty + 0.45 * (random.next() - 0.35)));
  const { ask, ...core } = kind.make(random, visible);
  const earlier = Array.from({ length: random.whole(1, 2) }, () => earlierExchange(random));
  return {
    id,
    kind: kind.name,
    category: kind.category,
    matrixTier: kind.matrixTier,
    difficulty,
    style: kind.style,
    ...wrap(random, kind, ask, earlier),
    ...core,
  };
};

const weighted = (random: Random, choices: readonly TaskKind[]): TaskKind => {
  let left = random.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const choice of choices) {
    left -= choice.weight;
    if (left < 0) return choice;
  }
  return random.pick(choices);
};

/** Hard tasks of a frontier kind are harder than hard ones of the others; everywhere the two overlap. */
const hardest: Readonly<Record<Tier, readonly [number, number]>> = {
  light: [0.6, 0.88],
  mid: [0.6, 0.92],
  frontier: [0.66, 0.98],
};

const difficultyFor = (random: Random, { hardShare, matrixTier, simple }: TaskKind): number => {
  const [least, most] = random.happens(hardShare) ? hardest[matrixTier] : simple;
  return least + (most - least) * ((random.next() + random.next()) / 2);
};

const earlierExchange = (random: Random): Earlier => {
  const kind = random.pick(kinds.filter(({ style }) => style === 'bare'));
  const { ask, right } = kind.make(random, random.next() * 0.4);
  return { ask, answer: right };
};

const proseTokens: Readonly<Record<AnswerStyle, readonly [number, number]>> = {
  bare: [0, 0],
  explained: [60, 170],
  essay: [150, 420],
};

const playTask = (seed: number, model: SimulatedModel, task: WorldTask): SourcedAnswer => {
  const random = createRandom('answer', seed, model.name, task.id);
  const succeeds =
    chanceOf('success', seed, model.name, task.id) < chanceOfSuccess(model.skill, task.difficulty);
  const core = succeeds ? task.right : random.pick(task.wrongs);
  const [least, most] = proseTokens[task.style];
  const length =
    (least + (most - least) * (0.6 * task.difficulty + 0.4 * random.next())) * model.skill.verbosity;
  const around = length < 1 ? '' : `${prose(random, length, countTokens)}\n\n`;
  return { id: task.id, text: around + core, score: succeeds ? 1 : 0, difficulty: task.difficulty };
};
