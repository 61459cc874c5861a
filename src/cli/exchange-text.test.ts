import { describe, expect, it } from 'vitest';
import type { Attempt, Exchange, ExchangeId } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { exchangeLine } from './exchange-line.ts';
import { exchangeText } from './exchange-text.ts';
import { createPaint } from './paint.ts';

const attempt = (model: string, rest: Partial<Attempt> = {}): Attempt => ({
  model: model as ModelId,
  provider: 'p',
  tier: 'light',
  startedMs: 0,
  firstByteMs: 1,
  totalMs: 2,
  status: 200,
  outcome: 'ok',
  code: null,
  message: null,
  usage: { ...noUsage, inputTokens: 10, outputTokens: 5 },
  cost: 1000n as NanoUsd,
  isEstimated: false,
  upstreamId: null,
  endReason: 'stop',
  priceVersion: 'one',
  ...rest,
});

const exchangeOf = (...attempts: readonly Attempt[]): Exchange => ({
  id: '01jcascade0000000000000000' as ExchangeId,
  receivedAt: 0,
  dialect: 'openai-chat',
  askedModel: 'auto',
  caller: 'local',
  session: 's',
  tags: {},
  decision: {
    route: 'auto',
    strategy: 'cascade',
    tier: 'light',
    plan: [],
    reasons: ['cheap first'],
    rejected: [],
    features: sampleFeatures(),
    predictedCost: 0n as NanoUsd,
    mode: 'route',
    propensity: 1,
  },
  attempts,
  outcome: 'ok',
  errorCode: null,
  status: 200,
  model: attempts.at(-1)?.model ?? null,
  tier: 'light',
  isStream: false,
  cost: 3000n as NanoUsd,
  isEstimated: false,
  baselineCost: 0n as NanoUsd,
  baselineModel: null,
  firstByteMs: 1,
  totalMs: 2,
  warnings: [],
});

const style = { paint: createPaint(false), columns: 120 };
const judged = exchangeOf(
  attempt('p/small', { passedOver: 'not proven: \u001b[31m0.2' }),
  attempt('p/judge', { role: 'verifier' }),
  attempt('p/large'),
);

describe('an exchange whose answers were judged', () => {
  it('shows which answer was passed over, and why, with nothing that a terminal obeys', () => {
    const text = exchangeText(judged, [], style);

    expect(text).toMatch(/p\/small {2}passed over 200 .*\n +not proven: .*0\.2/);
    expect(text).not.toContain('\u001b');
  });

  it('shows what a call was for that wanted no answer', () => {
    expect(exchangeText(judged, [], style)).toMatch(/p\/judge {2}verifier {2}ok 200/);
  });

  it('says in one line how many were passed over', () => {
    const line = (exchange: Exchange) =>
      exchangeLine(exchange, { ...style, width: undefined, hasCallers: false });

    expect(line(judged)).toContain('3 attempts, 1 passed over');
    expect(line(exchangeOf(attempt('p/a', { outcome: 'failed' }), attempt('p/b')))).toContain('2 attempts');
    expect(line(exchangeOf(attempt('p/a', { outcome: 'failed' }), attempt('p/b')))).not.toContain('passed');
  });
});
