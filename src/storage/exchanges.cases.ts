import fc from 'fast-check';
import { type ErrorCode, errorCodes } from '../core/errors.ts';
import type { Attempt, Exchange } from '../core/exchange.ts';
import { type ModelId, tiers } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { attemptLike, decisionLike, exchangeLike, intentLike, newId } from './records.cases.ts';

/** Every field there is, so that one which a store forgets is missed. */
export const wholeExchange: Required<Exchange> = {
  id: newId(),
  receivedAt: 1_790_000_000_123,
  dialect: 'anthropic-messages',
  askedModel: 'claude-opus-4-8',
  caller: 'research',
  session: 'session "7"\n',
  tags: { job: 'nightly', __proto__x: '1' },
  agent: 'claude-cli',
  decision: {
    ...decisionLike(),
    mode: 'observe',
    wouldBe: { model: 'openai/gpt-5.4-mini' as ModelId, tier: 'mid', rule: 'quick edits' },
    predictedCost: 12_345_678_901_234_567_890n as NanoUsd,
    policy: 'default@3f2a9c41',
    weighed: [
      {
        model: 'openai/gpt-5.4-mini' as ModelId,
        success: { value: 0.9, low: 0.8, high: 0.95 },
        gap: { value: -0.01, low: -0.04, high: 0.02 },
        evidence: 41.5,
        cost: 987_654_321_987_654_321n as NanoUsd,
      },
    ],
    switching: {
      from: 'openai/gpt-5.4' as ModelId,
      to: 'openai/gpt-5.4-mini' as ModelId,
      verdict: 'stayed',
      why: 'not worth it',
      expectedValue: -12_345n as NanoUsd,
      turnsLeft: 4.5,
      savingPerTurn: 3n as NanoUsd,
      cacheLoss: 9_007_199_254_740_993n as NanoUsd,
      reasoningLoss: 0n as NanoUsd,
    },
    propensity: 0.25,
  },
  attempts: [
    attemptLike({
      outcome: 'failed',
      status: 529,
      code: 'upstream-overloaded',
      message: 'Overloaded: bitte später 😀',
      firstByteMs: null,
      endReason: null,
      upstreamId: null,
      cost: 0n as NanoUsd,
    }),
    attemptLike({
      outcome: 'cut',
      isEstimated: true,
      usage: {
        inputTokens: 1,
        cacheReadTokens: 2,
        cacheWrite5mTokens: 3,
        cacheWrite30mTokens: 4,
        cacheWrite1hTokens: 5,
        cacheWrite12hTokens: 6,
        outputTokens: 7,
        reasoningTokens: 8,
      },
      cost: 123_456_789n as NanoUsd,
    }),
    attemptLike({ passedOver: 'misfit: `$.größe` is missing\n', cost: 0n as NanoUsd }),
    attemptLike({ role: 'verifier', cost: 0n as NanoUsd }),
  ],
  outcome: 'partial',
  errorCode: 'upstream-cut',
  status: 200,
  model: 'anthropic/claude-sonnet-5' as ModelId,
  tier: 'mid',
  isStream: true,
  cost: 123_456_789n as NanoUsd,
  isEstimated: true,
  baselineCost: 987_654_321n as NanoUsd,
  baselineModel: 'anthropic/claude-opus-5-5' as ModelId,
  firstByteMs: 0.1 + 0.2,
  totalMs: 60_000.5,
  warnings: ['seed', 'logit_bias'],
  texts: { prompt: 'user: Why?', answer: 'Because.', ask: 'Why?\n' },
};

const money = fc.bigInt({ min: 0n, max: 10n ** 17n }).map((amount) => amount as NanoUsd);
const tokens = fc.integer({ min: 0, max: 2_000_000 });
const models = ['openai/a', 'openai/b', 'anthropic/c'] as readonly string[] as readonly ModelId[];

const anyAttempt: fc.Arbitrary<Attempt> = fc
  .record({
    model: fc.constantFrom(...models),
    tier: fc.constantFrom(...tiers),
    outcome: fc.constantFrom('ok', 'failed', 'cut', 'cancelled'),
    code: fc.option(fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[]))),
    message: fc.option(fc.string({ unit: 'grapheme' })),
    usage: fc.record({
      inputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWrite5mTokens: tokens,
      cacheWrite30mTokens: tokens,
      cacheWrite1hTokens: tokens,
      cacheWrite12hTokens: tokens,
      outputTokens: tokens,
      reasoningTokens: tokens,
    }),
    cost: money,
    passedOver: fc.option(fc.constantFrom('empty', 'refusal')),
  })
  .map(({ passedOver, ...part }) =>
    attemptLike({ ...(part as Partial<Attempt>), ...(passedOver !== null && { passedOver }) }),
  );

/** Of a few models, callers and sessions, so that some share them. */
export const anyExchange: fc.Arbitrary<Exchange> = fc
  .record({
    receivedAt: fc.integer({ min: 1_790_000_000_000, max: 1_790_000_000_000 + 5 * 86_400_000 }),
    caller: fc.constantFrom('ann', 'ben', 'constructor'),
    session: fc.constantFrom('s1', 's2', ''),
    rule: fc.option(fc.constantFrom('first', 'second'), { nil: undefined }),
    attempts: fc.array(anyAttempt, { maxLength: 3 }),
    outcome: fc.constantFrom('ok', 'failed', 'partial', 'client-gone') as fc.Arbitrary<Exchange['outcome']>,
    baselineCost: money,
    totalMs: fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs),
  })
  .map(({ receivedAt, caller, session, rule, ...part }) => {
    const decision = decisionLike({ route: caller });
    const { rule: _, ...ruleless } = decision;
    const intent = intentLike({ id: newId(receivedAt), receivedAt, caller, session });
    return exchangeLike({ ...intent, decision: rule === undefined ? ruleless : { ...decision, rule } }, part);
  });
