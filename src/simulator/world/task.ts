import type { Task } from '../../core/features.ts';
import type { Tier } from '../../core/model.ts';
import type { Random } from '../chance.ts';
import type { SimulatedPrompt } from '../simulated-prompt.ts';

/** A task of the built-in world: what is asked, how hard it is, and how to tell a right answer. */
export interface WorldTask extends SimulatedPrompt {
  /** Name of its kind: "json-formatting". */
  readonly kind: string;
  /** The row of the selection matrix it belongs to, and the tier that the matrix gives it. */
  readonly category: Task;
  readonly matrixTier: Tier;
  /** 0 to 1. Nobody but the simulator may look at it. */
  readonly difficulty: number;
  readonly wrapper: 'plain' | 'system' | 'conversation' | 'agent' | 'editor';
  /** True of right answers and of no others, whoever gave them. */
  check(answer: string): boolean;
  readonly right: string;
  readonly wrongs: readonly string[];
  readonly style: AnswerStyle;
}

/** How much is said around the core of an answer: nothing, a paragraph or two, a page. */
export type AnswerStyle = 'bare' | 'explained' | 'essay';

/** A kind of task. Listed in `kinds/index.ts`. */
export interface TaskKind {
  readonly name: string;
  readonly category: Task;
  readonly matrixTier: Tier;
  /** Weight in the workload. */
  readonly weight: number;
  /** Share of tasks of this kind that need the full capability. */
  readonly hardShare: number;
  /** Where the difficulty of the others lies. */
  readonly simple: readonly [least: number, most: number];
  readonly style: AnswerStyle;
  /** `size` from 0 to 1 goes with difficulty, loosely: more items, more files, more conditions. */
  make(random: Random, size: number): TaskCore;
}

export interface TaskCore {
  readonly ask: string;
  readonly right: string;
  /** At least one, each refused by `check`. */
  readonly wrongs: readonly string[];
  check(answer: string): boolean;
}

export const defineKind = (kind: TaskKind): TaskKind => kind;
