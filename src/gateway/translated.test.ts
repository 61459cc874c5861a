import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { dialects } from '../dialects/index.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  fakeUpstream,
  messagesAnswer,
  messagesFrames,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import { type TestGateway, type TestModel, testGateway } from '../testing/test-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

const through = async (
  kind: TestModel['kind'],
  ...scripts: readonly Script[]
): Promise<{ gateway: TestGateway; upstream: FakeUpstream }> => {
  const upstream = await fakeUpstream(...scripts);
  const gateway = await testGateway([{ name: 'other', url: upstream.url, kind }], dialects);
  open.push(gateway, upstream);
  return { gateway, upstream };
};
const anthropic = ({ url }: TestGateway) => new Anthropic({ baseURL: url, apiKey: 'caller', maxRetries: 0 });
const openai = ({ url }: TestGateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'caller', maxRetries: 0 });
const messages = [{ role: 'user' as const, content: 'What is six times seven?' }];

describe('an Anthropic client before a Chat upstream', () => {
  it('gets a message', async () => {
    const { gateway, upstream } = await through(
      'openai-compatible',
      sendJson(chatAnswer('42', { input: 100, output: 20 })),
    );

    const answer = await anthropic(gateway).messages.create({ model: 'auto', max_tokens: 50, messages });

    expect(answer).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: '42' }],
      stop_reason: 'end_turn',
    });
    expect(answer.usage).toMatchObject({ input_tokens: 100, output_tokens: 20 });
    expect(upstream.seen[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer upstream-secret' },
    });
    expect(await gateway.settled(1)).toMatchObject([
      { outcome: 'ok', cost: 120_000n, dialect: 'anthropic-messages' },
    ]);
  });

  it('gets a stream its own helper can read', async () => {
    const { gateway } = await through(
      'openai-compatible',
      sendFrames(chatFrames(['4', '2'], { input: 100, output: 20 })),
    );

    const answer = await anthropic(gateway)
      .messages.stream({ model: 'auto', max_tokens: 50, messages })
      .finalMessage();

    expect(answer).toMatchObject({
      content: [{ type: 'text', text: '42' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 100, output_tokens: 20 },
    });
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', cost: 120_000n, isEstimated: false }]);
  });

  it('gets an error, never a message, where the stream is cut', async () => {
    const { gateway } = await through(
      'openai-compatible',
      sendFrames(chatFrames(['4'], { input: 1, output: 1 }).slice(0, 2), { isCut: true }),
    );

    const failure = await anthropic(gateway)
      .messages.stream({ model: 'auto', max_tokens: 50, messages })
      .finalMessage()
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Anthropic.APIError);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial', errorCode: 'upstream-cut' }]);
  });

  it('gets an upstream’s refusal in its own words for it', async () => {
    const { gateway } = await through(
      'openai-compatible',
      sendJson({ error: { message: 'slow down', type: 'rate_limit_error', code: null } }, 429),
    );

    const failure = await anthropic(gateway)
      .messages.create({ model: 'auto', max_tokens: 5, messages })
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(Anthropic.RateLimitError);
    expect(failure).toMatchObject({
      status: 429,
      error: { type: 'error', error: { type: 'rate_limit_error' } },
    });
  });

  it('is told what was dropped, and refused where it forbids that', async () => {
    const { gateway, upstream } = await through('openai-compatible', sendJson(chatAnswer('42')));
    const ask = (headers: Record<string, string>) =>
      anthropic(gateway)
        .messages.create({ model: 'auto', max_tokens: 5, messages, ...{ top_k: 5 } }, { headers })
        .withResponse();

    const { response } = await ask({});
    const failure = await ask({ 'x-tierwise-strict': 'true' }).catch((error: unknown) => error);

    expect(response.headers.get('x-tierwise-warnings')).toContain('top_k');
    expect(failure).toMatchObject({ status: 400 });
    expect(upstream.seen).toHaveLength(1);
  });
});

describe('an OpenAI client before a Messages upstream', () => {
  it('gets a completion', async () => {
    const { gateway, upstream } = await through(
      'anthropic',
      sendJson(messagesAnswer('42', { input: 100, output: 20 })),
    );

    const answer = await openai(gateway).chat.completions.create({ model: 'auto', messages });

    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: '42' },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 });
    expect(upstream.seen[0]).toMatchObject({
      path: '/v1/messages',
      headers: { 'x-api-key': 'upstream-secret' },
    });
    expect(upstream.seen[0]?.headers['anthropic-version']).toBeDefined();
  });

  it('gets a stream its own helper can read', async () => {
    const { gateway } = await through(
      'anthropic',
      sendFrames(messagesFrames(['4', '2'], { input: 100, output: 20 })),
    );

    const answer = await openai(gateway)
      .chat.completions.stream({ model: 'auto', messages, stream_options: { include_usage: true } })
      .finalChatCompletion();

    expect(answer.choices[0]?.message.content).toBe('42');
    expect(answer.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20 });
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'ok', cost: 120_000n, isEstimated: false }]);
  });

  it('gets an error where the stream is cut', async () => {
    const { gateway } = await through(
      'anthropic',
      sendFrames(messagesFrames(['4'], { input: 1, output: 1 }).slice(0, 3)),
    );

    const failure = await openai(gateway)
      .chat.completions.stream({ model: 'auto', messages })
      .finalChatCompletion()
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect(await gateway.settled(1)).toMatchObject([{ outcome: 'partial' }]);
  });

  it('has its tools and their results carried over and back', async () => {
    const { gateway, upstream } = await through(
      'anthropic',
      sendJson({
        ...messagesAnswer(''),
        content: [{ type: 'tool_use', id: 'toolu_1', name: 'add', input: { a: 1 } }],
        stop_reason: 'tool_use',
      }),
    );

    const answer = await openai(gateway).chat.completions.create({
      model: 'auto',
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '7' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'add', parameters: { type: 'object', properties: { a: { type: 'number' } } } },
        },
      ],
    });

    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ type: 'function', function: { name: 'add', arguments: '{"a":1}' } }] },
    });
    expect(JSON.parse(upstream.seen[0]?.body ?? '')).toMatchObject({
      tools: [{ name: 'add' }],
      messages: [
        { role: 'user' },
        { role: 'assistant', content: [{ type: 'tool_use' }] },
        { role: 'user', content: [{ type: 'tool_result' }] },
      ],
    });
  });
});

describe('numbers too long for a float', () => {
  const digits = '12345678901234567890';

  it('keep their digits in what tools are called with, in the history of a Messages caller', async () => {
    const { gateway, upstream } = await through('openai-compatible', sendJson(chatAnswer('42')));
    const call = `{"type":"tool_use","id":"toolu_1","name":"add","input":{"list":[{"id":${digits}}]}}`;
    const result = '{"type":"tool_result","tool_use_id":"toolu_1","content":"7"}';

    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      body: `{"model":"auto","max_tokens":50,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[${call}]},{"role":"user","content":[${result}]}],"tools":[{"name":"add","input_schema":{"type":"object","properties":{"id":{"maximum":9223372036854775807}}}}]}`,
    });

    expect(response.status).toBe(200);
    const sent = JSON.parse(upstream.seen[0]?.body ?? '{}');
    expect(sent.messages[1].tool_calls[0].function.arguments).toBe(`{"list":[{"id":${digits}}]}`);
    expect(sent.tools[0].function.parameters.properties.id.maximum).toBe(Number('9223372036854775807'));
  });

  it('keep them in a call that is answered whole to a caller of another dialect', async () => {
    const answer = JSON.stringify({
      ...messagesAnswer(''),
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'add', input: { id: 'digits' } }],
      stop_reason: 'tool_use',
    }).replace('"digits"', digits);
    const { gateway } = await through('anthropic', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    });

    const told = await openai(gateway).chat.completions.create({ model: 'auto', messages });

    expect(told.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { arguments: `{"id":${digits}}` },
    });
  });
});

describe('Anthropic on both sides', () => {
  it('passes bytes, unknown fields and betas untouched', async () => {
    const { gateway, upstream } = await through('anthropic', sendJson(messagesAnswer('42')));
    const body =
      '{ "model" : "auto","max_tokens":5, "new_field": {"b":1,"a":12345678901234567890},"messages":[{"role":"user","content":"hi"}] }';

    const response = await fetch(`${gateway.url}/v1/messages?beta=true`, {
      method: 'POST',
      body,
      headers: {
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'a-1,b-2',
        'anthropic-new-header': 'x',
        'anthropic-workspace-id': 'w',
      },
    });

    expect(response.status).toBe(200);
    expect(upstream.seen[0]?.body).toBe(body.replace('"auto"', '"other"'));
    expect(upstream.seen[0]?.path).toBe('/v1/messages?beta=true');
    expect(upstream.seen[0]?.headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
      'anthropic-new-header': 'x',
    });
    expect(upstream.seen[0]?.headers['anthropic-workspace-id']).toBeUndefined();
    expect(upstream.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('streams, and an overloaded first event is not a 200', async () => {
    const { gateway } = await through(
      'anthropic',
      sendFrames(messagesFrames(['42'], { input: 5, output: 2 })),
      sendFrames([
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      ]),
    );

    const answer = await anthropic(gateway)
      .messages.stream({ model: 'auto', max_tokens: 5, messages })
      .finalMessage();
    const failure = await anthropic(gateway)
      .messages.stream({ model: 'auto', max_tokens: 5, messages })
      .finalMessage()
      .catch((error: unknown) => error);

    expect(answer.content).toMatchObject([{ text: '42' }]);
    expect(failure).toMatchObject({ status: 529 });
  });
});
