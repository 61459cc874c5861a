import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  openai = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
});
afterAll(() => upstream.close());

const lastEntry = () => upstream.book.entries().at(-1);

describe('the OpenAI wire, heard by the vendor’s own SDK', () => {
  it('answers any prompt, says that it is simulated, and tells its usage', async () => {
    const reply = await openai.chat.completions.create({
      model: 'sim-light-a',
      messages: [{ role: 'user', content: 'Hello out there' }],
    });

    expect(reply.object).toBe('chat.completion');
    expect(reply.choices[0]?.message.content).toContain('simulated answer of sim-light-a');
    expect(reply.choices[0]?.finish_reason).toBe('stop');
    expect(reply.usage).toMatchObject({
      prompt_tokens: lastEntry()?.tokens.uncached,
      completion_tokens: lastEntry()?.tokens.visible,
    });
  });

  it('streams the same words and tells usage only where it was asked for', async () => {
    const request = { model: 'sim-mid-a', messages: [{ role: 'user' as const, content: 'Stream to me' }] };
    const whole = await openai.chat.completions.create(request);

    const asked = openai.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
    const gathered = await asked.finalChatCompletion();
    const chunks = [];
    for await (const chunk of await openai.chat.completions.create({ ...request, stream: true }))
      chunks.push(chunk);

    expect(gathered.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(gathered.usage).toEqual(whole.usage);
    expect(chunks.every(({ usage, choices }) => usage === undefined && choices.length === 1)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('calls tools in parallel, takes their results and then answers', async () => {
    const tools = [
      { type: 'function' as const, function: { name: 'get_weather', parameters: weatherSchema } },
    ];
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris and Oslo?' },
    ];

    const calling = openai.chat.completions.stream({ model: 'sim-light-a', messages, tools });
    const message = (await calling.finalChatCompletion()).choices[0]?.message;
    const calls = message?.tool_calls ?? [];
    const answer = await openai.chat.completions.create({
      model: 'sim-light-a',
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: message?.content ?? null, tool_calls: calls },
        ...calls.map(({ id }, at) => ({
          role: 'tool' as const,
          tool_call_id: id,
          content: `${20 + at} degrees`,
        })),
      ],
    });

    expect(calls.map((call) => call.type === 'function' && JSON.parse(call.function.arguments))).toEqual([
      { city: 'Paris', unit: 'celsius' },
      { city: 'Oslo', unit: 'celsius' },
    ]);
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(answer.choices[0]?.message.content).toContain('20 degrees; 21 degrees');
  });

  it('calls the tool it is made to call, and only one where parallel calls are off', async () => {
    const tools = ['list_orders', 'send_mail'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: weatherSchema },
    }));
    const messages = [{ role: 'user' as const, content: 'Hello' }];

    const named = await openai.chat.completions.create({
      model: 'sim-mid-a',
      messages,
      tools,
      tool_choice: { type: 'function', function: { name: 'send_mail' } },
    });
    const either = await openai.chat.completions.create({
      model: 'sim-mid-a',
      messages: [{ role: 'user', content: 'Use list_orders and send_mail' }],
      tools,
      parallel_tool_calls: false,
    });
    const none = await openai.chat.completions.create({ model: 'sim-mid-a', messages, tools });

    expect(named.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ function: { name: 'send_mail' } }] },
    });
    expect(either.choices[0]?.message.tool_calls).toHaveLength(1);
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it('writes JSON that fits the schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        title: { type: 'string' },
        severity: { enum: ['low', 'high'] },
        lines: { type: 'array', items: { $ref: '#/$defs/line' }, minItems: 2 },
      },
      required: ['title', 'severity', 'lines'],
      additionalProperties: false,
      $defs: {
        line: {
          type: 'object',
          properties: { number: { type: 'integer', minimum: 7 } },
          required: ['number'],
          additionalProperties: false,
        },
      },
    };

    const reply = await openai.chat.completions.create({
      model: 'sim-frontier-a',
      messages: [{ role: 'user', content: 'Report a high finding' }],
      response_format: { type: 'json_schema', json_schema: { name: 'finding', schema, strict: true } },
    });

    expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual({
      title: expect.any(String),
      severity: 'high',
      lines: [{ number: 7 }, { number: 7 }],
    });
  });

  it('takes pictures, stops at stop sequences and at the limit, and gives several choices', async () => {
    const picture = await openai.chat.completions.create({
      model: 'sim-light-a',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
      ],
    });
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    const stopped = await openai.chat.completions.create({
      model: 'sim-light-a',
      messages,
      stop: [' answer'],
    });
    const short = await openai.chat.completions.create({ model: 'sim-light-a', messages, max_tokens: 3 });
    const several = await openai.chat.completions.create({
      model: 'sim-light-a',
      messages,
      n: 2,
      max_tokens: 3,
    });

    expect(picture.usage?.prompt_tokens).toBeGreaterThan(700);
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'This is a simulated' },
    });
    expect(short.choices[0]?.finish_reason).toBe('length');
    expect(short.usage?.completion_tokens).toBe(3);
    expect(several.choices).toHaveLength(2);
    expect(several.usage?.completion_tokens).toBe(6);
  });

  it('pays for reasoning that nobody sees', async () => {
    const reply = await openai.chat.completions.create({
      model: 'sim-frontier-a',
      messages: [{ role: 'user', content: 'Think' }],
      reasoning_effort: 'high',
    });

    const reasoning = reply.usage?.completion_tokens_details?.reasoning_tokens ?? 0;
    expect(reasoning).toBeGreaterThan(100);
    expect(lastEntry()?.tokens.reasoning).toBe(reasoning);
  });

  it.each([
    ['an unknown model', { model: 'gpt-nope' }, 404, 'model_not_found'],
    ['a model of the other wire', { model: 'sim-light-b' }, 404, 'model_not_found'],
    ['no messages', { messages: [] }, 400, null],
    [
      'a tool result without its call',
      { messages: [{ role: 'tool', tool_call_id: 'x', content: '1' }] },
      400,
      null,
    ],
    [
      'a call without its result',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'user', content: 'and?' },
        ],
      },
      400,
      null,
    ],
    [
      'max_tokens at a reasoning model',
      { model: 'sim-frontier-a', max_tokens: 5 },
      400,
      'unsupported_parameter',
    ],
    [
      'temperature at a reasoning model',
      { model: 'sim-frontier-a', temperature: 0 },
      400,
      'unsupported_value',
    ],
    ['JSON mode without the word', { response_format: { type: 'json_object' } }, 400, null],
    ['a choice among no tools', { tool_choice: 'auto' }, 400, null],
  ])('refuses %s as the vendor does', async (_, change, status, code) => {
    const body = { model: 'sim-light-a', messages: [{ role: 'user', content: 'Hi' }], ...change };

    const failure = await openai.chat.completions
      .create(body as OpenAI.ChatCompletionCreateParamsNonStreaming)
      .catch((cause: unknown) => cause);

    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect(failure).toMatchObject({ status, code });
  });

  it('lists its models', async () => {
    const listed = (await openai.models.list()).data.map(({ id }) => id);

    expect(listed).toEqual(
      ['a', 'c'].flatMap((letter) => ['light', 'mid', 'frontier'].map((tier) => `sim-${tier}-${letter}`)),
    );
    await expect(openai.models.retrieve('sim-mid-a')).resolves.toMatchObject({
      id: 'sim-mid-a',
      object: 'model',
    });
  });
});
