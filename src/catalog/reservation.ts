import type { Block, ChatRequest } from '../core/chat.ts';
import type { Model, PriceBand } from '../core/model.ts';
import { type NanoUsd, roundToNano } from '../core/money.ts';
import { noUsage, type Usage } from '../core/usage.ts';

/** What a bound on a call's cost is reckoned from. */
export interface ReservationQuestion {
  /** Of the caller's whole body, decoded. */
  readonly bodyBytes: number;
  readonly images: number;
  readonly maxOutputTokens: number | undefined;
  /** Answers asked for side by side. Default: 1. */
  readonly choices?: number;
  /** Something in it is not in its bytes (a paper behind an address, an uploaded file): only the context bounds it. */
  readonly isOpenEnded?: boolean;
  /** Thinking was asked for: on models with a budget, a translation puts it on top of the answer's limit. */
  readonly reasons?: boolean;
}

export interface Reservation {
  readonly usage: Usage;
  readonly cost: NanoUsd;
}

/**
 * More than any vendor charges for one picture: 10,000 patches at full detail with the steepest
 * multiplier known come to some 16,000 tokens.
 */
const mostImageTokens = 20_000;
/** What vendors put around a prompt by themselves: turn marks, the preamble that explains tools. */
const mostFrameTokens = 2_048;
/** Limits below this are raised to it on Responses. */
const leastOutputTokens = 16;

/**
 * An upper bound of what a call can cost. A token is at least one byte, so the body's bytes bound its
 * text; pictures are bounded by their number (they may be behind an address); no prompt is longer than
 * the context, and no answer longer than its limit or the model's. Every input token is taken at the
 * dearest class of the dearest band it could fall in. Tools that the vendor runs are not bounded: they
 * read what no request tells.
 */
export const reservationOf = (model: Model, question: ReservationQuestion): Reservation => {
  const input = mostInput(model, question);
  const output = mostOutput(model, question);
  const { bands, serviceTiers } = model.prices;
  let dearest = bands[0];
  let pico = -1n;
  // on which tier it will be served only the answer says
  for (const band of serviceTiers ? [bands, ...Object.values(serviceTiers)].flat() : bands) {
    if (band.abovePromptTokens > 0 && input <= band.abovePromptTokens) continue;
    const cost = BigInt(input) * band[dearestInput(band)] + BigInt(output) * dearestOutput(band);
    if (cost <= pico) continue;
    dearest = band;
    pico = cost;
  }
  if (!dearest) throw new RangeError(`"${model.id}" has no price band`);
  const usage = { ...noUsage, outputTokens: output };
  usage[usageField[dearestInput(dearest)]] = input;
  return { usage, cost: roundUp(pico) };
};

const mostInput = (model: Model, { bodyBytes, images, isOpenEnded }: ReservationQuestion): number => {
  const context = Math.max(model.contextTokens, 1);
  return isOpenEnded ? context : Math.min(bodyBytes + images * mostImageTokens + mostFrameTokens, context);
};

const mostOutput = (model: Model, question: ReservationQuestion): number => {
  const { maxOutputTokens, choices = 1, reasons = false } = question;
  const { reasoning } = model.capabilities;
  const budget = reasons && reasoning.type === 'budget' ? reasoning.maxTokens : 0;
  const asked = Math.max(maxOutputTokens ?? model.maxOutputTokens, leastOutputTokens) + budget;
  return Math.min(asked, model.maxOutputTokens) * Math.max(choices, 1);
};

const usageField = {
  input: 'inputTokens',
  cacheRead: 'cacheReadTokens',
  cacheWrite5m: 'cacheWrite5mTokens',
  cacheWrite30m: 'cacheWrite30mTokens',
  cacheWrite1h: 'cacheWrite1hTokens',
  cacheWrite12h: 'cacheWrite12hTokens',
} as const satisfies Partial<Record<keyof PriceBand, keyof Usage>>;
type InputClass = keyof typeof usageField;
const inputClasses = Object.keys(usageField) as readonly InputClass[];

const dearestInput = (band: PriceBand): InputClass => {
  let dearest = dearestInputs.get(band);
  if (dearest !== undefined) return dearest;
  dearest = 'input';
  for (const one of inputClasses) if (band[one] > band[dearest]) dearest = one;
  dearestInputs.set(band, dearest);
  return dearest;
};

/** Bands do not change: each is looked through once. */
const dearestInputs = new WeakMap<PriceBand, InputClass>();

const dearestOutput = ({ output, reasonedOutput = output }: PriceBand): bigint =>
  reasonedOutput > output ? reasonedOutput : output;

/** A bound must not be rounded below what it bounds. */
const roundUp = (pico: bigint): NanoUsd => roundToNano(((pico + 999n) / 1000n) * 1000n);

/** The question a request asks, with all that its bytes do not show. */
export const questionOf = (request: ChatRequest, bodyBytes: number): ReservationQuestion => {
  const { extras, state } = request;
  // a conversation that its vendor keeps
  const isContinued =
    Object.hasOwn(extras, 'thread') ||
    (state !== undefined &&
      (state.previousId !== undefined || state.conversation !== undefined || state.hasReferences));
  const seen = { images: 0, isOpenEnded: isContinued };
  look(request.system, seen);
  for (const { blocks } of request.turns) look(blocks, seen);
  const { mode, effort, budgetTokens } = request.reasoning;
  return {
    bodyBytes,
    images: seen.images,
    isOpenEnded: seen.isOpenEnded,
    maxOutputTokens: request.maxOutputTokens,
    choices: request.choices,
    reasons:
      mode === 'on' || mode === 'adaptive' || (effort ?? 'none') !== 'none' || budgetTokens !== undefined,
  };
};

const look = (blocks: readonly Block[], seen: { images: number; isOpenEnded: boolean }): void => {
  for (const block of blocks) {
    if (block.type === 'image') seen.images += 1;
    // pages of a paper are read as pictures, too: its bytes say nothing of their number
    else if (block.type === 'document' && block.source.type !== 'text') seen.isOpenEnded = true;
    else if (block.type === 'tool-result') look(block.blocks, seen);
  }
};
