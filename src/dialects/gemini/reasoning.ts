import type { ChatRequest, ReasoningWish } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Capabilities, type Effort, efforts, type Model, type Reasoning } from '../../core/model.ts';

export interface WrittenThinking {
  readonly thinkingConfig?: JsonObject;
  /** The wish, or part of it, could not be kept. */
  readonly isDropped: boolean;
}

/** A wish in the model's own terms (WIRE 7.4): a budget, or a level. Nothing wished, nothing said. */
export const writeThinking = (
  { reasoning: wish, maxOutputTokens }: Pick<ChatRequest, 'reasoning' | 'maxOutputTokens'>,
  model: Model,
): WrittenThinking => {
  const { reasoning } = model.capabilities;
  const isOff = wish.mode === 'off' || wish.effort === 'none';
  const isWished = wish.mode !== undefined || wish.effort !== undefined || wish.budgetTokens !== undefined;
  if (!isWished && wish.isShown === undefined) return { isDropped: false };
  if (reasoning.type === 'none') return { isDropped: isWished && !isOff };
  const shown = wish.isShown === undefined ? {} : { includeThoughts: wish.isShown };
  const said = isWished ? amountOf(wish, isOff, maxOutputTokens, model) : {};
  const thinkingConfig = { ...shown, ...said.amount };
  return {
    ...(Object.keys(thinkingConfig).length > 0 && { thinkingConfig }),
    isDropped: said.isDropped ?? false,
  };
};

interface Amount {
  readonly amount?: JsonObject;
  readonly isDropped?: boolean;
}

const amountOf = (
  wish: ReasoningWish,
  isOff: boolean,
  maxOutputTokens: number | undefined,
  model: Model,
): Amount => {
  const { reasoning } = model.capabilities;
  if (reasoning.type === 'budget')
    return {
      amount: { thinkingBudget: budgetOf(wish, isOff, maxOutputTokens, model, reasoning) },
      isDropped: isOff && reasoning.minTokens > 0,
    };
  const known = reasoning.type === 'none' ? [] : reasoning.efforts;
  // how much is then the model's own affair
  const wanted = isOff ? 'none' : effortOf(wish, maxOutputTokens ?? model.maxOutputTokens);
  if (wanted === undefined) return {};
  const level = levelFor(wanted, known);
  return {
    ...(level && { amount: { thinkingLevel: level.toUpperCase() } }),
    isDropped: isOff || !level,
  };
};

type Budget = Reasoning & { readonly type: 'budget' };

const budgetOf = (
  wish: ReasoningWish,
  isOff: boolean,
  maxOutputTokens: number | undefined,
  model: Model,
  reasoning: Budget,
): number => {
  if (isOff) return reasoning.minTokens > 0 ? reasoning.minTokens : 0;
  if (wish.budgetTokens === undefined && wish.effort === undefined) return -1;
  const share = shares[wish.effort ?? 'medium'];
  const wanted = wish.budgetTokens ?? Math.floor(share * model.maxOutputTokens);
  const budget = clampBudget(wanted, reasoning);
  if (maxOutputTokens === undefined || budget < maxOutputTokens) return budget;
  // thoughts count as answer: some of it has to be left for what is seen
  return clampBudget(Math.floor(Math.min(share, 0.9) * maxOutputTokens), reasoning);
};

export const clampBudget = (budget: number, { minTokens, maxTokens }: Budget): number =>
  Math.min(Math.max(budget, minTokens), maxTokens);

const shares: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 0.02,
  low: 0.1,
  medium: 0.3,
  high: 0.6,
  xhigh: 0.9,
  max: 1,
};

/** A level as a budget. */
export const budgetFor = (effort: Effort, model: Model, reasoning: Budget): number =>
  clampBudget(Math.floor(shares[effort] * model.maxOutputTokens), reasoning);

/** A budget said in words: by its share of what the whole answer may have. */
const effortOf = ({ effort, budgetTokens }: ReasoningWish, maxTokens: number): Effort | undefined => {
  if (effort || budgetTokens === undefined) return effort;
  return effortForShare(budgetTokens / Math.max(1, maxTokens));
};

export const effortForShare = (share: number): Effort => {
  if (share <= 0.05) return 'minimal';
  if (share <= 0.2) return 'low';
  if (share <= 0.45) return 'medium';
  return share <= 0.75 ? 'high' : 'xhigh';
};

/** The nearest level the model knows; Gemini has no "none" and no "max". */
export const levelFor = (wanted: Effort, known: readonly Effort[]): Effort | undefined => {
  const at = efforts.indexOf(wanted);
  const levels = efforts.filter((effort) => hasWord(effort) && known.includes(effort));
  const below = levels.filter((effort) => efforts.indexOf(effort) <= at);
  return below.at(-1) ?? levels[0];
};

const hasWord = (effort: Effort): boolean => effort !== 'none' && effort !== 'max';

/** As Gemini does from 3 on: such a model wants the first call of each step signed, and takes penalties. */
export const reasonsByLevels = ({ reasoning }: Capabilities): boolean =>
  reasoning.type === 'effort' || reasoning.type === 'adaptive';
