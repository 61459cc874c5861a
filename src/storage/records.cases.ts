import type { Decision } from '../core/decision.ts';
import type { Attempt, Exchange, ExchangeId, Intent } from '../core/exchange.ts';
import type { Features } from '../core/features.ts';
import type { ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { noUsage } from '../core/usage.ts';
import { unread } from '../features/unread.ts';
import { timeSortedId } from '../kit/ids.ts';

export const newId = (atMs = 1_790_000_000_000): ExchangeId => timeSortedId(atMs) as ExchangeId;

/** Records of the usual size and kind, for the tests and the bench of the ledger. */
export const intentLike = (part: Partial<Intent> & { readonly id: ExchangeId }): Intent => ({
  receivedAt: 1_790_000_000_000,
  dialect: 'openai-chat',
  askedModel: 'auto',
  caller: 'research',
  session: 'session-1',
  tags: {},
  isStream: false,
  decision: decisionLike(),
  attempt: 0,
  model: 'anthropic/claude-sonnet-5' as ModelId,
  reserved: 61_440_000n as NanoUsd,
  reservedUsage: { ...noUsage, inputTokens: 2048, outputTokens: 4096 },
  priceVersion: '2026-09-28',
  ...part,
});

export const attemptLike = (part: Partial<Attempt> = {}): Attempt => ({
  model: 'anthropic/claude-sonnet-5' as ModelId,
  provider: 'anthropic',
  tier: 'mid',
  startedMs: 1.25,
  firstByteMs: 180.5,
  totalMs: 912.75,
  status: 200,
  outcome: 'ok',
  code: null,
  message: null,
  usage: { ...noUsage, inputTokens: 1200, cacheReadTokens: 300, outputTokens: 250 },
  cost: 7_440_000n as NanoUsd,
  isEstimated: false,
  upstreamId: 'msg_01XFDUDYJgAACzvnptvVoYEL',
  endReason: 'stop',
  priceVersion: '2026-09-28',
  ...part,
});

/** The exchange that an intent comes to. */
export const exchangeLike = (intent: Intent, part: Partial<Exchange> = {}): Exchange => {
  const attempts = part.attempts ?? [attemptLike()];
  return {
    id: intent.id,
    receivedAt: intent.receivedAt,
    dialect: intent.dialect,
    askedModel: intent.askedModel,
    caller: intent.caller,
    session: intent.session,
    tags: intent.tags,
    decision: intent.decision,
    attempts,
    outcome: 'ok',
    errorCode: null,
    status: 200,
    model: attempts.at(-1)?.model ?? null,
    tier: attempts.at(-1)?.tier ?? null,
    isStream: intent.isStream,
    cost: attempts.reduce((sum, { cost }) => sum + cost, 0n) as NanoUsd,
    isEstimated: attempts.some(({ isEstimated }) => isEstimated),
    baselineCost: 37_200_000n as NanoUsd,
    baselineModel: 'anthropic/claude-opus-5-5' as ModelId,
    firstByteMs: 181.75,
    totalMs: 914.5,
    warnings: [],
    ...part,
  };
};

export const decisionLike = (part: Partial<Decision> = {}): Decision => ({
  route: 'auto',
  strategy: 'rules',
  rule: 'coding goes to mid',
  tier: 'mid',
  plan: [{ ask: ['anthropic/claude-sonnet-5' as ModelId] }, { ask: ['openai/gpt-5.4-mini' as ModelId] }],
  reasons: ['rule "coding goes to mid"', 'task coding, 0.82 sure'],
  rejected: [
    { model: 'openai/gpt-5.4' as ModelId, gate: 'tools', why: 'takes tools on openai-responses only' },
    {
      model: 'google/gemini-3-pro' as ModelId,
      gate: 'dialect',
      why: 'speaks gemini, which is not spoken here yet',
    },
    { model: 'local/qwen3-8b' as ModelId, gate: 'context', why: 'about 41000 tokens do not fit into 32768' },
  ],
  features: featuresLike(),
  predictedCost: 6_900_000n as NanoUsd,
  mode: 'route',
  propensity: 1,
  ...part,
});

const featuresLike = (): Features => ({
  ...unread,
  promptTokens: 1500,
  askTokens: 56,
  maxOutputTokens: 1024,
  turns: 3,
  toolCount: 2,
  hasTools: true,
  isToolForced: false,
  isToolLoop: false,
  toolDepth: 0,
  images: 0,
  documents: 0,
  audios: 0,
  hasHostedTools: false,
  hasCode: true,
  codeShare: 0.27,
  script: 'latin',
  structured: 'none',
  wantsReasoning: false,
  hasPrefill: false,
  hasFileIds: false,
  askCount: 1,
  task: 'coding',
  taskConfidence: 0.82,
});
