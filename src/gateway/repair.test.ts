import { describe, expect, it } from 'vitest';
import { promptTokens } from '../core/usage.ts';
import { chatAnswer, messagesAnswer, sendJson } from '../testing/fake-upstream.ts';
import type { TestModel } from '../testing/test-gateway.ts';
import { chat, gatewayOf, upstreamOf } from './setting.cases.ts';

const schema = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 } },
  required: ['city'],
  additionalProperties: false,
};
const bySchema = {
  response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
};
const asJson = { response_format: { type: 'json_object' } };

/** One Claude before a Chat caller, and its answers in turn. */
const claude = async (answers: readonly string[], others: readonly TestModel[] = []) => {
  const upstream = await upstreamOf(...answers.map((text) => sendJson(messagesAnswer(text))));
  const gateway = await gatewayOf([
    { name: 'claude-opus-5', url: upstream.url, kind: 'anthropic' },
    ...others,
  ]);
  return { gateway, upstream };
};

const contentOf = async (response: Response): Promise<string> => {
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices[0]?.message.content ?? '';
};

describe('an answer by a schema', () => {
  it('goes back to its model once where it does not fit, and both calls are booked', async () => {
    const { gateway, upstream } = await claude(['{"city":"O"}', '{"city":"Oslo"}']);

    expect(await contentOf(await chat(gateway, bySchema))).toBe('{"city":"Oslo"}');

    const sent = JSON.parse(upstream.seen[1]?.body ?? '') as {
      messages: { role: string; content: unknown }[];
    };
    expect(sent.messages.slice(-2)).toMatchObject([
      { role: 'assistant', content: [{ text: '{"city":"O"}' }] },
      { role: 'user', content: [{ text: expect.stringContaining('`$.city` is shorter than 2 characters') }] },
    ]);
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'ok',
      attempts: [
        { outcome: 'failed', code: 'unfit-answer', isEstimated: false },
        { outcome: 'ok', isEstimated: false },
      ],
    });
    expect(exchange?.cost).toBe(exchange?.attempts.reduce((sum, { cost }) => sum + cost, 0n));
    expect(exchange?.attempts[0]?.cost).toBeGreaterThan(0n);
  });

  it('is an error where it fits the second time no better', async () => {
    const { gateway, upstream } = await claude(['{}', 'Oslo']);

    const response = await chat(gateway, bySchema);

    expect(response.status).toBe(502);
    expect(await response.text()).toContain('it is not JSON');
    expect(upstream.seen).toHaveLength(2);
  });

  it('is asked of no other account of the same model, which is no better', async () => {
    const upstream = await upstreamOf(sendJson(messagesAnswer('{}')));
    const gateway = await gatewayOf([
      { name: 'claude-opus-5', url: upstream.url, kind: 'anthropic', keys: ['one', 'two', 'three'] },
    ]);

    expect((await chat(gateway, bySchema)).status).toBe(502);
    expect(upstream.seen).toHaveLength(2);
  });

  it('is bounded by what is sent, the answer that did not fit included', async () => {
    const { gateway } = await claude([
      JSON.stringify({ city: 'O', more: 'x'.repeat(5000) }),
      '{"city":"Oslo"}',
    ]);

    await chat(gateway, bySchema);

    const [first, second] = gateway.intents.map(({ reservedUsage }) => promptTokens(reservedUsage));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(5000);
  });

  it('is asked of the next model then', async () => {
    const other = await upstreamOf(sendJson(messagesAnswer('{"city":"Oslo"}')));
    const { gateway } = await claude(['{}', '{}'], [{ name: 'other', url: other.url, kind: 'anthropic' }]);

    expect(await contentOf(await chat(gateway, bySchema))).toBe('{"city":"Oslo"}');
  });

  it('is left alone where bytes pass: its own vendor holds it to it', async () => {
    const upstream = await upstreamOf(sendJson(chatAnswer('Oslo')));
    const gateway = await gatewayOf([{ name: 'gpt', url: upstream.url, kind: 'openai-compatible' }]);

    expect(await contentOf(await chat(gateway, bySchema))).toBe('Oslo');
  });

  it('is not mended where it was cut: the caller is told so', async () => {
    const upstream = await upstreamOf(sendJson({ ...messagesAnswer('{"ci'), stop_reason: 'max_tokens' }));
    const gateway = await gatewayOf([{ name: 'claude-opus-5', url: upstream.url, kind: 'anthropic' }]);

    const response = await chat(gateway, bySchema);

    expect(await response.json()).toMatchObject({ choices: [{ finish_reason: 'length' }] });
  });
});

describe('an answer in JSON by a model that knows no such mode', () => {
  it('is freed of its fence without another call', async () => {
    const { gateway, upstream } = await claude(['```json\n{"city": "Oslo"}\n```']);

    expect(await contentOf(await chat(gateway, asJson))).toBe('{"city": "Oslo"}');
    expect(upstream.seen).toHaveLength(1);
  });

  it('is asked for again where it is none', async () => {
    const { gateway } = await claude(['Oslo it is.', '{"city":"Oslo"}']);

    expect(await contentOf(await chat(gateway, asJson))).toBe('{"city":"Oslo"}');
  });
});
