import { describe, expect, it } from 'vitest';
import { messagesAnswer, type Script, sendFrames, sendJson } from '../testing/fake-upstream.ts';
import { forgetfulCarrier, type TestGateway, type TestModel } from '../testing/test-gateway.ts';
import type { Carrier } from './carry.ts';
import { anthropic, chat, gatewayOf, upstreamOf } from './setting.cases.ts';

const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
const question = { role: 'user', content: 'Where?' };

const thinking = { type: 'thinking', thinking: 'Hm', signature: 'EqQB' };
const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
const text = { type: 'text', text: 'Looking.' };
const answer = { ...messagesAnswer(''), content: [thinking, text, use], stop_reason: 'tool_use' };

const event = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const streamed: readonly string[] = [
  event('message_start', { message: { ...answer, content: [] } }),
  ...answer.content.flatMap((block, index) => [
    event('content_block_start', {
      index,
      content_block:
        block === thinking
          ? { ...thinking, thinking: '', signature: '' }
          : block === text
            ? { ...text, text: '' }
            : use,
    }),
    ...(block === thinking
      ? [
          event('content_block_delta', { index, delta: { type: 'thinking_delta', thinking: 'Hm' } }),
          event('content_block_delta', { index, delta: { type: 'signature_delta', signature: 'EqQB' } }),
        ]
      : []),
    ...(block === text
      ? [event('content_block_delta', { index, delta: { type: 'text_delta', text: 'Looking.' } })]
      : []),
    event('content_block_stop', { index }),
  ]),
  event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } }),
  event('message_stop', {}),
];

interface Sent {
  readonly messages: { readonly role: string; readonly content: readonly object[] }[];
  readonly thinking?: object;
}

const ask = async ({ url }: TestGateway, messages: readonly object[], rest: object = {}): Promise<string> => {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', tools, messages, ...rest }),
  });
  expect(response.status).toBe(200);
  return response.text();
};

const askMessages = async (
  { url }: TestGateway,
  messages: readonly object[],
  rest: object = {},
): Promise<void> => {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2026-10-21' },
    body: JSON.stringify({
      model: 'auto',
      max_tokens: 5000,
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      messages,
      ...rest,
    }),
  });
  expect(response.status).toBe(200);
  await response.text();
};

/** A gateway with one Claude behind it, and what that one is sent. */
const claude = async (
  script: Script,
  { carrier = forgetfulCarrier(), ...model }: Partial<TestModel> & { readonly carrier?: Carrier } = {},
) => {
  const upstream = await upstreamOf(script);
  const gateway = await gatewayOf(
    [{ name: 'claude-opus-5', url: upstream.url, kind: 'anthropic', ...model }],
    { carrier },
  );
  const sent = (call: number): Sent => JSON.parse(upstream.seen[call]?.body ?? '{}') as Sent;
  return { gateway, sent };
};

const called = {
  role: 'assistant',
  content: 'Looking.',
  tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } }],
};
const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'Here.' };

describe('reasoning over a tool loop of a caller who cannot carry it', () => {
  it.each([
    ['whole', sendJson(answer), {}],
    ['streamed', sendFrames(streamed), { stream: true }],
  ])('comes back to its maker: %s', async (_way, script, rest) => {
    const { gateway, sent } = await claude(script);

    await ask(gateway, [question], rest);
    await ask(gateway, [question, called, result], rest);

    expect(sent(1).messages[1]).toEqual({ role: 'assistant', content: [thinking, text, use] });
  });

  it('stays behind where another model goes on, and comes back with its maker', async () => {
    const carrier = forgetfulCarrier();
    const first = await claude(sendJson(answer), { carrier });
    const older = await claude(sendJson(messagesAnswer('There.')), {
      carrier,
      name: 'claude-haiku-4-5',
      capabilities: { reasoning: { type: 'budget', minTokens: 1024, maxTokens: 9000 } },
    });

    await ask(first.gateway, [question]);
    await ask(older.gateway, [question, called, result]);
    await ask(first.gateway, [question, called, result]);

    expect(older.sent(0).messages[1]?.content).toEqual([text, use]);
    expect(first.sent(1).messages[1]?.content).toEqual([thinking, text, use]);
  });

  it('is nobody else’s', async () => {
    const { gateway, sent } = await claude(sendJson(answer));

    await ask(gateway, [question]);
    await ask(gateway, [{ role: 'system', content: 'Another conversation.' }, question, called, result]);

    expect(sent(1).messages[1]?.content).toEqual([text, use]);
  });

  it('that is bound comes back whole, or not at all once its words have changed', async () => {
    const { gateway, sent } = await claude(sendJson(answer), { capabilities: { boundReasoning: true } });

    await ask(gateway, [question]);
    await ask(gateway, [question, called, result]);
    await ask(gateway, [question, called, result], {
      tools: [
        { ...tools[0], function: { name: 'look', description: 'New', parameters: { type: 'object' } } },
      ],
    });

    expect(sent(1).messages[1]?.content).toEqual([thinking, text, use]);
    expect(sent(2).messages[1]?.content).toEqual([text, use]);
  });
});

describe('reasoning shown to a Chat caller', () => {
  it.each([
    [{ 'x-tierwise-reasoning': 'shown' }, 'Hm'],
    [{}, undefined],
  ])('with the headers %j is %j', async (headers, reasoning) => {
    const { gateway } = await claude(sendJson(answer));

    const response = await chat(gateway, { tools }, { headers: headers as Record<string, string> });

    const { choices } = (await response.json()) as { choices: { message: Record<string, unknown> }[] };
    expect(choices[0]?.message.reasoning_content).toBe(reasoning);
  });
});

describe('reasoning that passes as it came', () => {
  const history = [
    question,
    { role: 'assistant', content: [thinking, use] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'Here.' }] },
  ];

  it.each([
    ['whole', sendJson(answer), {}],
    ['streamed', sendFrames(streamed), { stream: true }],
  ])(
    'is known for its maker’s: cut out for a bound model, kept for itself (%s)',
    async (_way, script, rest) => {
      const carrier = forgetfulCarrier();
      const maker = await claude(script, { carrier });
      const ownBound = await claude(script, {
        name: 'claude-fable-5-1',
        capabilities: { boundReasoning: true },
      });
      const bound = await claude(sendJson(answer), {
        carrier,
        name: 'claude-opus-5-5',
        capabilities: { boundReasoning: true },
      });

      await askMessages(maker.gateway, [question], rest);
      await askMessages(maker.gateway, history, rest);
      await askMessages(ownBound.gateway, [question], rest);
      await askMessages(ownBound.gateway, history, rest);
      await askMessages(bound.gateway, history);

      expect(maker.sent(1).messages).toEqual(history);
      expect(ownBound.sent(1).messages).toEqual(history);
      expect(bound.sent(0).messages[1]?.content).toEqual([use]);
    },
  );
});

describe('reasoning that its vendor refuses all the same', () => {
  const history = [
    question,
    { role: 'assistant', content: [thinking, use] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'Here.' }] },
  ];
  const refusal = sendJson(
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
      },
    },
    400,
  );

  it('is left out, and the vendor asked once more', async () => {
    const upstream = await upstreamOf(refusal, sendJson(messagesAnswer('Here it is.')));
    const gateway = await gatewayOf([{ name: 'claude-opus-5', url: upstream.url, kind: 'anthropic' }]);

    await askMessages(gateway, history);

    expect(JSON.parse(upstream.seen[1]?.body ?? '').messages[1].content).toEqual([use]);
    expect(await gateway.settled(1)).toMatchObject([
      {
        outcome: 'ok',
        warnings: ['reasoning'],
        attempts: [{ outcome: 'failed', cost: 0n }, { outcome: 'ok' }],
      },
    ]);
  });

  it('is told of where there was none to leave out', async () => {
    const upstream = await upstreamOf(refusal);
    const gateway = await gatewayOf([{ name: 'claude-opus-5', url: upstream.url, kind: 'anthropic' }]);

    const response = await anthropic(gateway);

    expect(response.status).toBe(400);
    expect(upstream.seen).toHaveLength(1);
  });
});
