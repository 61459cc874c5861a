import type { SwitchNote } from '../core/decision.ts';
import type { Features, Task } from '../core/features.ts';
import type { ModelId } from '../core/model.ts';
import { type NanoUsd, noMoney } from '../core/money.ts';
import { answerTokens, promptTokens, type Usage } from '../core/usage.ts';

/** How a conversation went so far: what its rest is judged by. Part of some 520 bytes a conversation; a restart forgets it. */
export interface SessionCourse {
  /** Tokens of the newest prompt, as billed and by our own estimate. */
  readonly promptTokens: number;
  readonly estimatedTokens: number;
  /** Usual ones, the newest counting most: by how much a prompt is longer than the one before, and of answers. */
  readonly growthTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly gapMs: number;
  readonly cost: NanoUsd;
  /** How often it went to another model, and what that cost at once: the money put at risk. */
  readonly moves: number;
  readonly risked: NanoUsd;
  /** What was to be done when the model was chosen. */
  readonly task: Task;
  readonly isCompacted: boolean;
  /** Troubles that were seen when it went up, with whom it was before, and after how many answers. */
  readonly escalation: Escalation | undefined;
  /** Where it was before it came here, and what is left in that cache. */
  readonly left: LeftBehind | undefined;
}

export interface Escalation {
  readonly from: ModelId;
  readonly answers: number;
  readonly toolErrors: number;
  readonly repeats: number;
  readonly reasks: number;
}

export interface LeftBehind {
  readonly model: ModelId;
  readonly warmTokens: number;
  readonly usedAt: number;
}

/** What an answer came to. */
export interface Spent {
  /** Agent and route: conversations of one kind are alike in length. */
  readonly kind: string;
  /** It answers the first words: what is known under the same name is of another conversation. */
  readonly isBeginning?: boolean;
  readonly usage: Usage | undefined;
  readonly cost: NanoUsd;
  readonly receivedAt: number;
  readonly features: Pick<
    Features,
    'promptTokens' | 'task' | 'isCompacted' | 'toolErrors' | 'repeats' | 'reasks'
  >;
  readonly switching: SwitchNote | undefined;
}

export const newCourse: SessionCourse = {
  promptTokens: 0,
  estimatedTokens: 0,
  growthTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  gapMs: 0,
  cost: noMoney,
  moves: 0,
  risked: noMoney,
  task: 'unsure',
  isCompacted: false,
  escalation: undefined,
  left: undefined,
};

/** What is known of a conversation before the answer. */
interface Before {
  readonly model: ModelId;
  readonly answers: number;
  readonly answeredAt: number;
  readonly warmTokens: number;
  readonly course?: SessionCourse;
}

export const withAnswer = (
  before: Before | undefined,
  model: ModelId,
  { usage, cost, receivedAt, features, switching }: Spent,
  now: number,
): SessionCourse => {
  const course = before?.course ?? newCourse;
  const answers = before?.answers ?? 0;
  const prompt = usage ? promptTokens(usage) : course.promptTokens;
  const grown = prompt - course.promptTokens;
  const hasMoved = before !== undefined && before.model !== model;
  const isPlanned = switching?.verdict === 'moved' && switching.to === model;
  return {
    promptTokens: prompt,
    estimatedTokens: usage ? features.promptTokens : course.estimatedTokens,
    // a prompt that shrank was summed up, and one at another model is counted by another measure
    growthTokens:
      answers > 0 && grown >= 0 && !hasMoved
        ? mixed(course.growthTokens, grown, answers - 1)
        : course.growthTokens,
    outputTokens: usage ? mixed(course.outputTokens, answerTokens(usage), answers) : course.outputTokens,
    reasoningTokens: usage
      ? mixed(course.reasoningTokens, usage.reasoningTokens, answers)
      : course.reasoningTokens,
    gapMs: before ? mixed(course.gapMs, Math.max(0, receivedAt - before.answeredAt), answers - 1) : 0,
    cost: (course.cost + cost) as NanoUsd,
    moves: course.moves + (hasMoved ? 1 : 0),
    risked:
      isPlanned && !switching.isEscalation && switching.cacheLoss > 0n
        ? ((course.risked + switching.cacheLoss) as NanoUsd)
        : course.risked,
    task: !before || hasMoved || course.task === 'unsure' ? features.task : course.task,
    isCompacted: features.isCompacted,
    escalation: hasMoved ? escalationOf(before, features, switching, isPlanned) : course.escalation,
    left: hasMoved
      ? { model: before.model, warmTokens: before.warmTokens, usedAt: before.answeredAt }
      : leftStill(course.left, now),
  };
};

const escalationOf = (
  { model, answers, course }: Before,
  { toolErrors, repeats, reasks }: Spent['features'],
  switching: SwitchNote | undefined,
  isPlanned: boolean,
): Escalation | undefined =>
  isPlanned && switching?.isEscalation
    ? { from: course?.escalation?.from ?? model, answers, toolErrors, repeats, reasks }
    : undefined;

/** Nothing of a cache is left after a day. */
const longestMs = 24 * 60 * 60 * 1000;
const leftStill = (left: LeftBehind | undefined, now: number): LeftBehind | undefined =>
  left && now - left.usedAt < longestMs ? left : undefined;

/** The plain mean of the first ones, then the newest counts a tenth. */
const mixed = (mean: number, value: number, before: number): number =>
  Math.round(mean + (value - mean) / Math.min(10, before + 1));
