import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../src/core/exchange.ts';
import { usdText } from '../src/core/money.ts';
import { answerTokens, promptTokens } from '../src/core/usage.ts';
import type { LedgerReader } from '../src/ledger/ledger.ts';
import type { BookEntry } from '../src/simulator/book.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicConversation } from './support/anthropic-conversation.ts';
import {
  type Conversation,
  type ConversationOptions,
  onePixel,
  type Told,
  type ToolOffer,
} from './support/conversation.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';
import { openaiConversation } from './support/openai-conversation.ts';
import {
  modelsOf,
  type ProviderType,
  providerTypes,
  simulatedProvider,
  simulatedTiers,
} from './support/simulated-providers.ts';

const sdks: Readonly<Record<string, (options: ConversationOptions) => Conversation>> = {
  openai: openaiConversation,
  anthropic: anthropicConversation,
};

const weather: ToolOffer = {
  name: 'get_weather',
  description: 'The weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const train: ToolOffer = {
  name: 'find_train',
  description: 'Trains between two cities.',
  schema: {
    type: 'object',
    properties: { from_city: { type: 'string' }, hour: { type: 'integer' } },
    required: ['from_city', 'hour'],
  },
};
const form = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
} as const;

describe.each(Object.keys(providerTypes) as ProviderType[])('a provider of type %s', (type) => {
  let upstream: Upstream;
  let gateway: GatewayProcess;
  let ledger: LedgerReader;

  beforeAll(async () => {
    upstream = await startUpstream({ speed: 0, keepRequests: 1000 });
    gateway = await startGateway({
      config: { providers: { up: simulatedProvider(type, upstream.url) }, tiers: simulatedTiers('up', type) },
    });
    ledger = await ledgerIn(gateway.folder);
  });

  afterAll(async () => {
    await ledger?.close();
    await gateway?.remove();
    await upstream?.close();
  });

  const [, midModel] = modelsOf(type);
  const names = ['auto', 'mid', `up/${midModel?.name}`];
  const callers = Object.entries(sdks).flatMap(([sdk, converse]) =>
    [false, true].flatMap((isStream) =>
      names.map((model) => ({ sdk, converse, isStream, model, how: isStream ? 'streaming' : 'whole' })),
    ),
  );

  describe.concurrent.each(callers)('through the $sdk SDK, $how, as $model', ({ sdk, converse, ...how }) => {
    const talk = (more: Partial<ConversationOptions> = {}): Conversation =>
      converse({ baseUrl: gateway.url, ...how, ...more });
    const marked = (words: string): string => `${words} (${sdk} ${how.how} ${how.model})`;

    it('answers in words', async () => {
      const told = await talk().say(marked('Please greet our new colleague.'));

      expect(told).toMatchObject({
        text: expect.stringContaining('greet our new'),
        calls: [],
        ended: 'stop',
      });
      await accounted(told, how.isStream);
    });

    it('sees a picture', async () => {
      const told = await talk().say(marked('What is to be seen here?'), onePixel);

      expect(told).toMatchObject({ text: expect.stringContaining('to be seen'), ended: 'stop' });
      const arrived = upstream.requests().filter(({ body }) => body.includes(marked('to be seen here?')));
      expect(arrived).toHaveLength(1);
      expect(arrived[0]?.body.includes(onePixel)).toBe(true);
      await accounted(told, how.isStream);
    });

    it('answers in a given form', async () => {
      const told = await talk({ schema: form }).say(marked('How warm is it in Lisbon?'));

      expect(JSON.parse(told.text)).toEqual({ city: expect.any(String), degrees: expect.any(Number) });
      await accounted(told, how.isStream);
    });

    it('calls a tool and answers with what it gave', async () => {
      const conversation = talk({ tools: [weather, train] });

      const call = await conversation.say(marked('Find me a train from Geneva.'));
      const answer = await conversation.bring(['At 14:05 from platform 3.']);

      expect(call).toMatchObject({
        calls: [{ name: 'find_train', input: { from_city: 'Geneva', hour: expect.any(Number) } }],
        ended: 'tools',
      });
      expect(answer).toMatchObject({ text: expect.stringContaining('At 14:05'), calls: [], ended: 'stop' });
      await accounted(call, how.isStream);
      await accounted(answer, how.isStream);
    });

    it('calls a tool twice at once and answers with what both gave', async () => {
      const conversation = talk({ tools: [weather, train] });

      const call = await conversation.say(marked('What is the weather in Paris and in Rome?'));
      const answer = await conversation.bring(['Rain until noon.', 'Sun all day.']);

      expect(call).toMatchObject({
        calls: [
          { name: 'get_weather', input: { city: 'Paris' } },
          { name: 'get_weather', input: { city: 'Rome' } },
        ],
        ended: 'tools',
      });
      expect(answer.text).toMatch(/Rain until noon\.; Sun all day\./);
      await accounted(call, how.isStream);
      await accounted(answer, how.isStream);
    });
  });

  /** Headers, usage, ledger and the upstream's own book say the same of an answer. */
  const accounted = async (told: Told, isStream: boolean): Promise<void> => {
    const header = (name: string) => told.headers.get(`x-tierwise-${name}`);
    const exchange = await settledExchange(ledger, header('exchange'));
    const [attempt] = exchange.attempts;
    const entry = upstream.book.entries().find(({ id }) => id === attempt?.upstreamId);

    expect(exchange).toMatchObject({
      ...{ outcome: 'ok', status: 200, isEstimated: false, isStream, caller: 'local' },
      attempts: [{ outcome: 'ok', provider: 'up', status: 200 }],
      model: header('model'),
      tier: header('tier'),
    });
    expect(header('reason')).toBe(exchange.decision.reasons.join('; '));
    expect(header('cost')).toBe(isStream ? null : usdText(exchange.cost));
    expect({ ...entry, model: `up/${entry?.model}` }).toMatchObject({
      ...{ outcome: 'complete', isStream, model: exchange.model },
      exchange: type.startsWith('simulated') ? exchange.id : null,
      costNanoUsd: String(exchange.cost),
    });
    expect(tokensOf(exchange)).toEqual(entry && bookTokens(entry));
    expect(exchange.cost).toBeGreaterThan(0n);
    expect(exchange.baselineCost).toBeGreaterThanOrEqual(exchange.cost);
    const { promptTokens: prompt, answerTokens: answer } = told;
    expect({ prompt, answer }).toEqual({
      prompt: attempt && promptTokens(attempt.usage),
      answer: attempt && answerTokens(attempt.usage),
    });
  };
});

const tokensOf = ({ attempts: [attempt] }: Exchange) =>
  attempt && { prompt: promptTokens(attempt.usage), answer: answerTokens(attempt.usage) };

const bookTokens = ({ tokens }: BookEntry) => ({
  prompt:
    tokens.uncached + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite30m + tokens.cacheWrite1h,
  answer: tokens.visible + tokens.reasoning,
});
