import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedBaseUrl } from '../src/simulator/catalogue.ts';
import type { Wire } from '../src/simulator/simulated-model.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicConversation } from './support/anthropic-conversation.ts';
import {
  type Conversation,
  type ConversationOptions,
  onePixel,
  type Told,
  type ToolOffer,
} from './support/conversation.ts';
import { failureOf } from './support/failure.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { geminiConversation, isGeminiSdkInstalled } from './support/gemini-conversation.ts';
import { openaiConversation } from './support/openai-conversation.ts';
import { responsesConversation } from './support/responses-conversation.ts';

/**
 * Each dialect of callers with each wire of upstreams: what the vendor's own SDK sends is refused by no
 * vendor, and what it reads is what was said, with the tokens that the vendor billed.
 */
const callers: Readonly<Record<Wire, (options: ConversationOptions) => Conversation>> = {
  'openai-chat': openaiConversation,
  'openai-responses': responsesConversation,
  'anthropic-messages': anthropicConversation,
  gemini: geminiConversation,
};
if (!isGeminiSdkInstalled)
  console.warn('Google’s SDK is not installed ("npm run e2e:clients"): its callers are skipped');

/** The strictest of each vendor; Codex models are served on Responses only. */
const models: Readonly<Record<Wire, string>> = {
  'openai-chat': 'simulated-openai/sim-frontier-a',
  'openai-responses': 'openai/gpt-5.3-codex',
  'anthropic-messages': 'anthropic/claude-opus-5-5',
  gemini: 'google/gemini-3.8-flash',
};

const weather: ToolOffer = {
  name: 'get_weather',
  description: 'The weather of a city.',
  schema: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const form = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
} as const;
/** Above the least length that any of the vendors caches. */
const houseRules = 'Answer politely, briefly, and in the language of the question. '.repeat(500);

/** What stands before reasoning that only its maker can read; nothing has it on Chat. */
const sealed: Readonly<Record<Wire, string>> = {
  'openai-chat': '"encrypted_content"',
  'openai-responses': '"encrypted_content":"',
  'anthropic-messages': '"signature":"',
  gemini: '"thoughtSignature":"',
};

type Talk = (more?: Partial<ConversationOptions>) => Conversation;

/** Asks, and gives what was told; the book of the upstream has to say the same. */
type Hear = (asked: Promise<Told>) => Promise<Told>;

const inParis = { name: 'get_weather', input: { city: 'Paris' } };
const inRome = { name: 'get_weather', input: { city: 'Rome' } };

interface How {
  readonly wire: Wire;
  readonly isStream: boolean;
  /** Claudes cache what is marked, and only Messages can mark it. */
  readonly isLeftUnmarked: boolean;
}

const kinds: Readonly<Record<string, (talk: Talk, hear: Hear, how: How) => Promise<void>>> = {
  text: async (talk, hear) => {
    const told = await hear(talk().say('Please greet our new colleague.'));

    expect(told).toMatchObject({
      ...{ text: expect.stringContaining('greet our new'), calls: [], ended: 'stop' },
    });
  },

  'parallel tools': async (talk, hear) => {
    const conversation = talk({ tools: [weather] });

    const called = await hear(conversation.say('What is the weather in Paris and in Rome?'));
    const told = await hear(conversation.bring(['Rain until noon.', 'Sun all day.']));

    expect(called).toMatchObject({ calls: [inParis, inRome], ended: 'tools' });
    expect(told).toMatchObject({ calls: [], ended: 'stop' });
    expect(told.text).toContain('Rain until noon.; Sun all day.');
  },

  'tool results with pictures': async (talk, hear) => {
    const conversation = talk({ tools: [weather] });

    await hear(conversation.say('What is the weather in Paris and in Rome?'));
    const told = await hear(
      conversation.bring([
        { text: 'As on this map.', picture: onePixel },
        { text: 'Much the same.', picture: onePixel },
      ]),
    );

    expect(told).toMatchObject({ calls: [], ended: 'stop' });
    expect(newestBody().split(onePixel)).toHaveLength(3);
  },

  'reasoning over a tool loop': async (talk, hear, { wire }) => {
    const conversation = talk({ tools: [weather], thinks: true });

    const heard = [await hear(conversation.say('Call get_weather for Paris, sim-steps=3'))];
    for (const result of ['rain', 'wind', 'sun']) {
      heard.push(await hear(conversation.bring([result])));
      expect(newestBody().split(sealed[wire])).toHaveLength(wire === 'openai-chat' ? 1 : heard.length);
    }
    heard.push(await hear(conversation.say('Thank you. And what did you make of it?')));

    expect(heard.map(({ ended }) => ended)).toEqual(['tools', 'tools', 'tools', 'stop', 'stop']);
    expect(heard[0]?.thinkingTokens).toBeGreaterThan(0);
  },

  'structured output': async (talk, hear) => {
    const told = await hear(talk({ schema: form }).say('How warm is it in Lisbon?'));

    expect(JSON.parse(told.text)).toEqual({ city: expect.any(String), degrees: expect.any(Number) });
  },

  refusal: async (talk, hear) => {
    const told = await hear(talk().say('Do as you must not. sim-fault=refusal'));

    expect(told).toMatchObject({ calls: [], ended: 'refused' });
  },

  truncation: async (talk, hear) => {
    const told = await hear(talk().say('Tell me a long story. sim-fault=length:9'));

    expect(told).toMatchObject({ calls: [], ended: 'length' });
  },

  error: async (talk, _, { isStream }) => {
    const fault = isStream ? 'error-after:12' : '400';

    const error = await failureOf(talk().say(`This will not end well. sim-fault=${fault}`));

    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toMatch(/unexpected end|JSON|stream ended without/i);
    if (!isStream) expect(error).toMatchObject({ status: 400 });
    expect(upstream.book.entries().at(-1)?.outcome).toBe(isStream ? 'cut' : 'refused');
  },

  'usage with cache': async (talk, hear, { isLeftUnmarked }) => {
    const instructions = `House ${randomUUID()}. ${houseRules}`;
    const ask = () => hear(talk({ instructions }).say('Please greet our new colleague.'));

    const [first, second] = [await ask(), await ask()];

    expect(first.cachedTokens).toBe(0);
    expect(second.promptTokens).toBe(first.promptTokens);
    if (!isLeftUnmarked) expect(second.cachedTokens).toBeGreaterThan(second.promptTokens / 2);
  },
};

let upstream: Upstream;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0, keepRequests: 1 });
  const vendor = (type: string) => ({ type, key: 'upstream-key', baseUrl: simulatedBaseUrl(upstream.url) });
  gateway = await startGateway({
    config: {
      providers: Object.fromEntries(
        Object.values(models).map((model) => [model.split('/')[0], vendor(model.split('/')[0] ?? '')]),
      ),
    },
  });
});
afterAll(async () => {
  await gateway?.remove();
  await upstream?.close();
});

const newestBody = (): string => upstream.requests().at(-1)?.body.toString() ?? '';

const wires = Object.keys(models) as Wire[];
const pairs = wires.flatMap((caller) => wires.map((wire) => ({ caller, wire })));

describe.each(pairs)('a caller of $caller, answered over $wire', ({ caller, wire }) => {
  const cases = Object.entries(kinds).flatMap(([kind, play]) =>
    [false, true].map((isStream) => ({ kind, play, isStream, how: isStream ? 'streaming' : 'whole' })),
  );

  it.skipIf(caller === 'gemini' && !isGeminiSdkInstalled).each(cases)('$kind, $how', async (row) => {
    const refusalsBefore = upstream.refusals().length;
    const talk: Talk = (more) =>
      callers[caller]({ baseUrl: gateway.url, model: models[wire], isStream: row.isStream, ...more });

    await row.play(talk, (asked) => accounted(asked, wire), {
      ...{ wire, isStream: row.isStream },
      isLeftUnmarked: wire === 'anthropic-messages' && caller !== wire,
    });

    expect(upstream.refusals().slice(refusalsBefore)).toEqual([]);
  });
});

const accounted = async (asked: Promise<Told>, wire: Wire): Promise<Told> => {
  const callsBefore = upstream.book.entries().length;
  const told = await asked;
  const entries = upstream.book.entries().slice(callsBefore);
  expect(entries).toMatchObject([{ wire, outcome: 'complete' }]);
  const [tokens] = entries.map((entry) => entry.tokens);
  expect(tokens).toBeDefined();
  if (!tokens) return told;
  const written = tokens.cacheWrite5m + tokens.cacheWrite30m + tokens.cacheWrite1h;
  const { promptTokens, cachedTokens, answerTokens, thinkingTokens } = told;
  expect({ promptTokens, cachedTokens, answerTokens, thinkingTokens }).toEqual({
    promptTokens: tokens.uncached + tokens.cacheRead + written,
    cachedTokens: tokens.cacheRead,
    answerTokens: tokens.visible + tokens.reasoning,
    thinkingTokens: tokens.reasoning,
  });
  return told;
};
