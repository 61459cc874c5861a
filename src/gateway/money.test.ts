import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import {
  chatAnswer,
  chatFrames,
  messagesFrames,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { samplePrices } from '../testing/sample-model.ts';
import type { TestGateway } from '../testing/test-gateway.ts';
import { asksForUsage, asStream, chat, chatBody, gatewayOf, one, upstreamOf } from './setting.cases.ts';

const usageFrame = (usage: unknown): string =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'up', choices: [], usage })}\n\n`;
const [first = ''] = chatFrames([], { input: 10, output: 2 });
const done = 'data: [DONE]\n\n';
const finished = chatFrames(['42'], { input: 10, output: 2 }).slice(0, 3);

/** Every token costs a microdollar in these tests: 1000 nano-dollars. */
const tokensIn = ({ cost }: Exchange): number => Number(cost) / 1000;

const settled = async (gateway: TestGateway): Promise<Exchange> => {
  const [exchange] = await gateway.settled(1);
  if (!exchange) throw new Error('nothing was settled');
  return exchange;
};

describe('what an upstream tells of its usage', () => {
  it.each<[string, readonly unknown[], number]>([
    ['once', [{ prompt_tokens: 10, completion_tokens: 2 }], 12],
    [
      'twice: the last one counts',
      [
        { prompt_tokens: 10, completion_tokens: 1 },
        { prompt_tokens: 10, completion_tokens: 5 },
      ],
      15,
    ],
    [
      'decreasing: the last one counts, too',
      [
        { prompt_tokens: 10, completion_tokens: 9 },
        { prompt_tokens: 10, completion_tokens: 3 },
      ],
      13,
    ],
    ['negative: nothing', [{ prompt_tokens: -10, completion_tokens: -2 }], 0],
    ['in fractions: whole tokens', [{ prompt_tokens: 10.9, completion_tokens: 2.1 }], 12],
  ])('%s', async (_name, usages, tokens) => {
    const { gateway } = await one(sendFrames([...finished, ...usages.map(usageFrame), done]));

    await (await chat(gateway, asksForUsage)).text();

    const exchange = await settled(gateway);
    expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: false });
    expect(tokensIn(exchange)).toBe(tokens);
  });

  it.each<[string, readonly string[]]>([
    ['never', []],
    ['as 1e30', [usageFrame({ prompt_tokens: 1e30, completion_tokens: 1e30 })]],
    ['as words', [usageFrame('lots')]],
    ['as null', [usageFrame(null)]],
  ])('%s: then it is estimated, marked, and within what was reserved', async (_name, usages) => {
    const { gateway } = await one(sendFrames([...finished, ...usages, done]));

    await (await chat(gateway, asksForUsage)).text();

    const exchange = await settled(gateway);
    expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: true });
    expect(exchange.cost).toBeGreaterThan(0n);
    expect(exchange.cost).toBeLessThanOrEqual(gateway.intents[0]?.reserved ?? 0n);
  });

  it('is priced by the tier it was served on, which need not be the one asked for', async () => {
    const asWhole = sendJson({ ...chatAnswer('42', { input: 10, output: 2 }), service_tier: 'flex' });
    const asFrames = sendFrames([
      ...finished,
      usageFrame({ prompt_tokens: 10, completion_tokens: 2 }).replace('"id"', '"service_tier":"flex","id"'),
      done,
    ]);
    for (const [script, wish] of [
      [asWhole, {}],
      [asFrames, asksForUsage],
    ] as const) {
      const { gateway } = await one(script, {
        prices: { ...samplePrices(1), serviceTiers: { flex: samplePrices(0.5).bands } },
      });

      const response = await chat(gateway, { ...wish, service_tier: 'auto' });
      await response.text();

      const exchange = await settled(gateway);
      expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: false });
      expect(tokensIn(exchange)).toBe(6);
      if (wish === asksForUsage) continue;
      expect(response.headers.get('x-tierwise-cost')).toBe('0.000006');
    }
  });

  it('is marked as an estimate where it was served on a tier of unknown prices', async () => {
    const { gateway } = await one(
      sendJson({ ...chatAnswer('42', { input: 10, output: 2 }), service_tier: 'priority' }),
    );

    await (await chat(gateway, { service_tier: 'priority' })).text();

    expect(await settled(gateway)).toMatchObject({ outcome: 'ok', isEstimated: true });
  });

  it('in a whole answer is held to the same', async () => {
    const { gateway } = await one(
      sendJson({ ...chatAnswer('42'), usage: { prompt_tokens: 1e30, completion_tokens: -1 } }),
    );

    const response = await chat(gateway);

    const exchange = await settled(gateway);
    expect(response.status).toBe(200);
    expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: true });
    expect(exchange.cost).toBeLessThanOrEqual(gateway.intents[0]?.reserved ?? 0n);
  });
});

describe('the cost of what was broken off', () => {
  const words = 'word '.repeat(40);
  const spokenTokens = Buffer.byteLength(words) / 4;
  const speaking = (response: ServerResponse): void => {
    asStream(response).write(first);
    response.write(chatFrames([words], { input: 10, output: 2 })[1]);
  };

  it.each<[string, Script]>([
    ['by the caller', speaking],
    [
      'by the upstream',
      (response) => {
        speaking(response);
        setTimeout(() => response.destroy(), 50);
      },
    ],
    [
      'after many small pieces',
      (response) => {
        asStream(response).write(first);
        for (const word of words.split(' ')) response.write(chatFrames([word], { input: 1, output: 1 })[1]);
      },
    ],
  ])('is at least what was delivered, at most what was reserved: %s', async (_name, script) => {
    const { gateway } = await one(script);
    const caller = await rawConnection(gateway.url);
    caller.write(rawPost('/v1/chat/completions', chatBody({ stream: true, max_tokens: 500 })));
    await caller.until(/word/);
    await sleep(100);
    caller.destroy();

    const exchange = await settled(gateway);

    expect(exchange.isEstimated).toBe(true);
    expect(tokensIn(exchange)).toBeGreaterThanOrEqual(spokenTokens);
    expect(exchange.cost).toBeLessThanOrEqual(gateway.intents[0]?.reserved ?? 0n);
    expect(exchange.attempts[0]?.usage.outputTokens).toBeLessThanOrEqual(500);
  });

  it('keeps what the upstream had told of the prompt', async () => {
    const { gateway } = await one(
      sendFrames(messagesFrames([words], { input: 77, output: 9 }).slice(0, 3), { isCut: true }),
      { kind: 'anthropic' },
    );

    await chat(gateway, { stream: true }).then((response) => response.text());

    expect((await settled(gateway)).attempts).toMatchObject([
      { outcome: 'cut', isEstimated: true, usage: { inputTokens: 77 } },
    ]);
  });

  it.each<[string, Script]>([
    ['a refusal by its status', sendJson({ error: { message: 'over', type: 'x' } }, 529)],
    ['a refusal with status 200', sendJson({ error: { message: 'over', type: 'server_error' } })],
  ])('is nothing for %s', async (_name, script) => {
    const { gateway } = await one(script);

    await chat(gateway);

    expect(await settled(gateway)).toMatchObject({ outcome: 'failed', cost: 0n, isEstimated: false });
  });

  it('is nothing for an error event before any word', async () => {
    const { gateway } = await one(
      sendFrames([
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"x"}}\n\n',
      ]),
      { kind: 'anthropic' },
    );

    await chat(gateway, { stream: true });

    expect(await settled(gateway)).toMatchObject({ outcome: 'failed', cost: 0n, isEstimated: false });
  });

  it('is nothing where no connection came to be', async () => {
    const upstream = await upstreamOf();
    await upstream.close();
    const gateway = await gatewayOf([{ name: 'off', url: upstream.url, kind: 'openai-compatible' }]);

    const response = await chat(gateway);

    expect(response.status).toBe(502);
    expect(await settled(gateway)).toMatchObject({ outcome: 'failed', cost: 0n, isEstimated: false });
  });
});

describe('calls that were made before something else failed', () => {
  it('stay in the record and on the bill where the ledger goes down between two steps', async () => {
    const { GatewayError } = await import('../core/errors.ts');
    const spoilt = await upstreamOf((response) => response.writeHead(200).end('{"half'));
    const never = await upstreamOf(sendJson(chatAnswer('42')));
    const gateway = await gatewayOf(
      [
        { name: 'spoilt', url: spoilt.url, kind: 'openai-compatible' },
        { name: 'never', url: never.url, kind: 'openai-compatible' },
      ],
      {
        intend: async ({ attempt }) => {
          if (attempt > 0) throw new GatewayError('ledger-down', 'The ledger is down.');
        },
      },
    );

    const response = await chat(gateway);

    const exchange = await settled(gateway);
    expect(response.status).toBe(503);
    expect(exchange).toMatchObject({
      outcome: 'failed',
      errorCode: 'ledger-down',
      attempts: [{ outcome: 'failed', isEstimated: true }],
    });
    expect(exchange.cost).toBeGreaterThan(0n);
    expect(never.seen).toHaveLength(0);
  });

  it('tell their own failure where the next model cannot take the request at all', async () => {
    const over = await upstreamOf(sendJson({ error: { message: 'over', type: 'x' } }, 503));
    const other = await upstreamOf(sendJson({}));
    const gateway = await gatewayOf([
      { name: 'over', url: over.url, kind: 'openai-compatible' },
      { name: 'other', url: other.url, kind: 'anthropic' },
    ]);

    const response = await chat(gateway, { n: 3 });

    expect(response.status).toBe(503);
    expect(await settled(gateway)).toMatchObject({ status: 503, attempts: [{ model: 'p-over/over' }] });
    expect(other.seen).toHaveLength(0);
  });
});
