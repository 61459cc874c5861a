import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest } from '../core/chat.ts';
import { usdText } from '../core/money.ts';
import { noUsage, promptTokens } from '../core/usage.ts';
import { costOf } from './cost.ts';
import { type CatalogueModel, modelsOf } from './models-of.ts';
import { questionOf, reservationOf } from './reservation.ts';

const models = [
  ...modelsOf({ name: 'openai', catalogue: 'openai', dialects: ['openai-chat'], custom: {} }),
  ...modelsOf({ name: 'anthropic', catalogue: 'anthropic', dialects: ['anthropic-messages'], custom: {} }),
  ...modelsOf({ name: 'alibaba', catalogue: 'alibaba', dialects: ['openai-chat'], custom: {} }),
];
const model = (name: string): CatalogueModel => {
  const found = models.find((one) => one.name === name);
  if (!found) throw new Error(`no model ${name}`);
  return found;
};
const request = (blocks: readonly Block[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks }],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
  ...more,
});

describe('a reservation', () => {
  const call = fc.constantFrom(...models).chain((chosen) => {
    const sixth = fc.nat(Math.floor(chosen.contextTokens / 6));
    const half = fc.nat(Math.floor(chosen.maxOutputTokens / 2));
    const usage = fc.record({
      inputTokens: sixth,
      cacheReadTokens: sixth,
      cacheWrite5mTokens: sixth,
      cacheWrite30mTokens: sixth,
      cacheWrite1hTokens: sixth,
      cacheWrite12hTokens: sixth,
      outputTokens: half,
      reasoningTokens: half,
    });
    return usage.map((used) => ({ used, chosen }));
  });

  it('is never below what an answer within its limits costs, whatever its classes', () => {
    fc.assert(
      fc.property(call, ({ used, chosen }) => {
        const { cost } = reservationOf(chosen, {
          bodyBytes: promptTokens(used),
          images: 0,
          maxOutputTokens: used.outputTokens + used.reasoningTokens,
        });

        expect(costOf(used, chosen.prices) <= cost).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is the cost of the tokens it names', () => {
    for (const chosen of models.filter(({ prices }) => !prices.bands.some((band) => band.reasonedOutput))) {
      const reserved = reservationOf(chosen, { bodyBytes: 50_000, images: 2, maxOutputTokens: 1000 });

      const difference = reserved.cost - costOf(reserved.usage, chosen.prices);

      expect(difference === 0n || difference === 1n, chosen.id).toBe(true);
    }
  });

  it('takes input at the dearest class: a cache of an hour on Claude', () => {
    const { usage, cost } = reservationOf(model('claude-opus-5-5'), {
      bodyBytes: 7_952,
      images: 0,
      maxOutputTokens: 1000,
    });

    expect(usage).toEqual({ ...noUsage, cacheWrite1hTokens: 10_000, outputTokens: 1000 });
    expect(usdText(cost)).toBe('0.1');
  });

  it('is bounded by the context and by the longest answer of the model', () => {
    const { usage } = reservationOf(model('gpt-4o'), {
      bodyBytes: 30_000_000,
      images: 0,
      maxOutputTokens: undefined,
    });

    expect(promptTokens(usage)).toBe(128_000);
    expect(usage.outputTokens).toBe(16_384);
  });

  it('adds the thinking budget where it comes on top, and counts every choice', () => {
    const asked = { bodyBytes: 100, images: 0, maxOutputTokens: 1000 };

    expect(reservationOf(model('claude-haiku-4-5'), asked).usage.outputTokens).toBe(1000);
    expect(reservationOf(model('claude-haiku-4-5'), { ...asked, reasons: true }).usage.outputTokens).toBe(
      64_000,
    );
    expect(reservationOf(model('gpt-4o'), { ...asked, choices: 3 }).usage.outputTokens).toBe(3000);
  });
});

describe('what a reservation is reckoned from', () => {
  const image: Block = { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } };

  it('counts pictures, also inside tool results', () => {
    const { images, isOpenEnded } = questionOf(
      request([image, { type: 'tool-result', callId: 'a', blocks: [image], isError: false }]),
      100,
    );

    expect(images).toBe(2);
    expect(isOpenEnded).toBe(false);
  });

  it('is open-ended with papers and with answers kept elsewhere', () => {
    const paper: Block = { type: 'document', source: { type: 'file', fileId: 'f' } };
    const text: Block = { type: 'document', source: { type: 'text', text: 'plain' } };

    expect(questionOf(request([paper]), 100).isOpenEnded).toBe(true);
    expect(questionOf(request([text]), 100).isOpenEnded).toBe(false);
    const state = { store: true, isBackground: false, hasReferences: false };
    const isOpen = (more: Partial<ChatRequest>) => questionOf(request([], more), 100).isOpenEnded;
    expect(isOpen({ state })).toBe(false);
    expect(isOpen({ state: { ...state, previousId: 'r' } })).toBe(true);
    expect(isOpen({ state: { ...state, conversation: 'c' } })).toBe(true);
    expect(isOpen({ state: { ...state, hasReferences: true } })).toBe(true);
    expect(isOpen({ extras: { thread: {} } })).toBe(true);
  });

  it('hears of thinking only where it is asked for', () => {
    expect(questionOf(request([]), 100).reasons).toBe(false);
    expect(questionOf(request([], { reasoning: { mode: 'off' } }), 100).reasons).toBe(false);
    expect(questionOf(request([], { reasoning: { effort: 'high' } }), 100).reasons).toBe(true);
  });
});
