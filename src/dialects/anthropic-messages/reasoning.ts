import type { ChatRequest, Turn } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Effort, efforts, type Model, type Reasoning } from '../../core/model.ts';
import { isOwnReasoning, minThinkingTokens } from './wire.ts';

/** What is said to a model about reasoning: each part only where it can be. */
export interface WrittenReasoning {
  readonly thinking?: JsonObject;
  readonly effort?: Effort;
  readonly maxTokens: number;
  readonly isThinking: boolean;
  /** The wish, or part of it, could not be kept. */
  readonly isDropped: boolean;
}

/** A wish in the model's own terms (WIRE 7.4). Nothing wished, nothing said. */
export const writeReasoning = (request: ChatRequest, model: Model, maxTokens: number): WrittenReasoning => {
  const { reasoning: wish } = request;
  const { reasoning } = model.capabilities;
  const isOff = wish.mode === 'off' || wish.effort === 'none';
  const nothing = { maxTokens, isThinking: false, isDropped: false };
  if (!isOff && wish.mode === undefined && wish.effort === undefined && wish.budgetTokens === undefined)
    return nothing;
  // thoughts would have to come before the answer's beginning, which is already there
  if (!isOff && request.turns.at(-1)?.role === 'assistant') return { ...nothing, isDropped: true };
  switch (reasoning.type) {
    case 'none':
      return { ...nothing, isDropped: !isOff };
    case 'effort': {
      const effort = effortFor(isOff ? 'low' : effortOf(wish, maxTokens), reasoning.efforts);
      return { ...nothing, ...(effort && { effort }), isThinking: true, isDropped: isOff || !effort };
    }
    case 'budget': {
      if (isOff) return { ...nothing, thinking: { type: 'disabled' } };
      if (!canThinkByHand(request)) return { ...nothing, isDropped: true };
      const wanted = wish.budgetTokens ?? budgetFor(effortOf(wish, maxTokens), model.maxOutputTokens);
      const budget = clampBudget(wanted, reasoning);
      // the budget comes on top, or little would be left for what is seen
      const room = Math.min(model.maxOutputTokens, maxTokens + budget);
      if (room <= minThinkingTokens) return { ...nothing, isDropped: true };
      const thinking = {
        type: 'enabled',
        budget_tokens: Math.min(budget, room - 1),
        ...displayOf(wish.isShown),
      };
      return { thinking, maxTokens: room, isThinking: true, isDropped: false };
    }
    case 'adaptive': {
      if (isOff && reasoning.canTurnOff) return { ...nothing, thinking: { type: 'disabled' } };
      const effort = effortFor(isOff ? 'low' : effortOf(wish, maxTokens), reasoning.efforts);
      const thinking = { type: 'adaptive', ...displayOf(wish.isShown) };
      return { thinking, ...(effort && { effort }), maxTokens, isThinking: true, isDropped: isOff };
    }
  }
};

const displayOf = (isShown: boolean | undefined): JsonObject =>
  isShown === undefined ? {} : { display: isShown ? 'summarized' : 'omitted' };

/** A budget said in words: by its share of what the whole answer may have. */
const effortOf = ({ effort, budgetTokens }: ChatRequest['reasoning'], maxTokens: number): Effort => {
  if (effort) return effort;
  if (budgetTokens === undefined) return 'medium';
  const share = budgetTokens / Math.max(1, maxTokens);
  if (share <= 0.05) return 'minimal';
  if (share <= 0.2) return 'low';
  if (share <= 0.45) return 'medium';
  return share <= 0.75 ? 'high' : 'xhigh';
};

/** The nearest effort the model knows: what is above "high" goes up first, everything else down. */
export const effortFor = (wanted: Effort, known: readonly Effort[]): Effort | undefined => {
  if (known.includes(wanted) && hasWord(wanted)) return wanted;
  if (wanted === 'xhigh' && known.includes('max')) return 'max';
  const at = efforts.indexOf(wanted);
  const below = efforts.slice(0, at).filter((effort) => hasWord(effort) && known.includes(effort));
  const above = efforts.slice(at).filter((effort) => hasWord(effort) && known.includes(effort));
  return below.at(-1) ?? above[0];
};

/** Messages has no "none" and no "minimal". */
const hasWord = (effort: Effort): boolean => effort !== 'none' && effort !== 'minimal';

const shares: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0.02,
  low: 0.1,
  medium: 0.3,
  high: 0.6,
  xhigh: 0.9,
  max: 0.9,
};

export const budgetFor = (effort: Effort, maxOutputTokens: number): number =>
  Math.max(minThinkingTokens, Math.floor(shares[effort] * maxOutputTokens));

export const clampBudget = (
  budget: number,
  { minTokens, maxTokens }: Reasoning & { type: 'budget' },
): number => Math.min(Math.max(budget, minTokens, minThinkingTokens), Math.max(maxTokens, minThinkingTokens));

/**
 * Manual thinking goes with no forced call and no prefill, and inside a tool loop only where the newest
 * assistant turn begins with a signed thought: elsewhere the vendor refuses the request.
 */
export const canThinkByHand = ({ turns, toolChoice }: ChatRequest): boolean => {
  if (toolChoice && toolChoice.type !== 'auto' && toolChoice.type !== 'none') return false;
  return turns.at(-1)?.role !== 'assistant' && !lacksThought({ turns });
};

/** In the middle of a tool loop that another model began, or this one without thinking. */
export const lacksThought = ({ turns }: Pick<ChatRequest, 'turns'>): boolean => {
  if (!turns.at(-1)?.blocks.some((block) => block.type === 'tool-result')) return false;
  const first = firstOfNewestAnswer(turns)?.blocks[0];
  return first === undefined || !isOwnReasoning(first);
};

/** Assistant turns in a row are one to the vendor. */
const firstOfNewestAnswer = (turns: readonly Turn[]): Turn | undefined => {
  let at = turns.findLastIndex((turn) => turn.role === 'assistant');
  while (at > 0 && turns[at - 1]?.role === 'assistant') at -= 1;
  return turns[at];
};
