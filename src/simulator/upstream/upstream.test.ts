import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestBody } from '../simulated-prompt.ts';
import { whatIf } from '../what-if.ts';
import { createTaskWorld } from '../world/task-world.ts';
import { worldModels } from '../world-models.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  required: ['city', 'unit'],
  additionalProperties: false,
};

let upstream: Upstream;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0, keepRequests: 5 });
  openai = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: upstream.url, apiKey: 'sk-ant-test', maxRetries: 0 });
});
afterAll(() => upstream.close());

const lastEntry = () => {
  const entry = upstream.book.entries().at(-1);
  if (!entry) throw new Error('the book is empty');
  return entry;
};

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
      prompt_tokens: lastEntry().tokens.uncached,
      completion_tokens: lastEntry().tokens.visible,
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
    expect(lastEntry().tokens.reasoning).toBe(reasoning);
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

    expect(listed).toEqual(['sim-light-a', 'sim-mid-a', 'sim-frontier-a']);
    await expect(openai.models.retrieve('sim-mid-a')).resolves.toMatchObject({
      id: 'sim-mid-a',
      object: 'model',
    });
  });
});

describe('the Anthropic wire, heard by the vendor’s own SDK', () => {
  const user = (content: Anthropic.MessageParam['content']): Anthropic.MessageParam => ({
    role: 'user',
    content,
  });

  it('answers and streams the same words with the same usage', async () => {
    const request = { model: 'sim-light-b', max_tokens: 500, messages: [user('Hello out there')] };

    const whole = await anthropic.messages.create(request);
    const streamed = await anthropic.messages.stream(request).finalMessage();

    expect(whole.content).toEqual([
      { type: 'text', text: expect.stringContaining('simulated answer of sim-light-b') },
    ]);
    expect(whole.stop_reason).toBe('end_turn');
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
    expect(whole._request_id).toMatch(/^req_/);
  });

  it('calls tools, takes their results and then answers', async () => {
    const tools = [{ name: 'get_weather', input_schema: weatherSchema }];
    const question = user('What is the weather in Paris and Oslo?');

    const calling = await anthropic.messages
      .stream({ model: 'sim-mid-b', max_tokens: 500, messages: [question], tools })
      .finalMessage();
    const calls = calling.content.filter((block) => block.type === 'tool_use');
    const results = calls.map(({ id }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: 'sunny',
    }));
    const answer = await anthropic.messages.create({
      model: 'sim-mid-b',
      max_tokens: 500,
      tools,
      messages: [question, { role: 'assistant', content: calling.content }, user(results)],
    });

    expect(calling.stop_reason).toBe('tool_use');
    expect(calls.map(({ input }) => input)).toEqual([
      { city: 'Paris', unit: 'celsius' },
      { city: 'Oslo', unit: 'celsius' },
    ]);
    expect(answer.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('sunny; sunny') });
  });

  it('thinks, signs it, takes it back whole and refuses it changed', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const tools = [{ name: 'get_weather', input_schema: weatherSchema }];
    const question = user('Call get_weather for Paris');
    const first = await anthropic.messages
      .stream({ model: 'sim-light-b', max_tokens: 3000, thinking, tools, messages: [question] })
      .finalMessage();
    const call = first.content.find((block) => block.type === 'tool_use');
    const result = user([{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'rain' }]);
    const goOn = (content: Anthropic.ContentBlock[]) =>
      anthropic.messages.create({
        model: 'sim-light-b',
        max_tokens: 3000,
        thinking,
        tools,
        messages: [question, { role: 'assistant', content }, result],
      });
    const changed = first.content.map((block) =>
      block.type === 'thinking' ? { ...block, thinking: `${block.thinking} Or not.` } : block,
    );
    const foreign = first.content.map((block) =>
      block.type === 'thinking' ? { ...block, signature: 'bm90IG91cnM=' } : block,
    );

    expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
    await expect(goOn(first.content)).resolves.toMatchObject({ stop_reason: 'end_turn' });
    await expect(goOn(changed)).rejects.toThrow('cannot be modified');
    await expect(goOn(foreign)).rejects.toThrow('Invalid `signature`');
  });

  it('leaves thinking out where only its signature is wanted, and bills it all the same', async () => {
    const reply = await anthropic.messages.create({
      model: 'sim-frontier-b',
      max_tokens: 3000,
      thinking: { type: 'adaptive', display: 'omitted' },
      messages: [user('Think about it')],
    });

    expect(reply.content[0]).toMatchObject({
      type: 'thinking',
      thinking: '',
      signature: expect.stringMatching(/.{20}/),
    });
    expect(lastEntry().tokens.reasoning).toBeGreaterThan(0);
    expect(reply.usage.output_tokens).toBe(lastEntry().tokens.reasoning + lastEntry().tokens.visible);
  });

  it('takes pictures, keeps to a schema, to the limit and to stop sequences', async () => {
    const picture = await anthropic.messages.create({
      model: 'sim-light-b',
      max_tokens: 100,
      messages: [
        user([
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
          { type: 'text', text: 'What?' },
        ]),
      ],
    });
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    };
    const structured = await anthropic.messages.create({
      model: 'sim-mid-b',
      max_tokens: 100,
      messages: [user('Is it?')],
      output_config: { format: { type: 'json_schema', schema } },
    });
    const short = await anthropic.messages.create({
      model: 'sim-mid-b',
      max_tokens: 2,
      messages: [user('Hi')],
    });
    const warm = await anthropic.messages.create({
      model: 'sim-mid-b',
      max_tokens: 0,
      messages: [user('Hi')],
    });
    const stopped = await anthropic.messages.create({
      model: 'sim-mid-b',
      max_tokens: 99,
      stop_sequences: [' answer'],
      messages: [user('Hi')],
    });

    expect(picture.usage.input_tokens).toBeGreaterThan(700);
    expect(structured.content[0]).toMatchObject({ text: '{"ok":true}' });
    expect(short).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } });
    expect(warm).toMatchObject({ stop_reason: 'max_tokens', content: [] });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' answer' });
  });

  it('counts tokens as it bills them, without an entry in the book', async () => {
    const request = { model: 'sim-mid-b', messages: [user('How long is this?')], system: 'Be brief.' };
    const calls = upstream.book.totals().calls;

    const counted = await anthropic.messages.countTokens(request);
    expect(upstream.book.totals().calls).toBe(calls);
    const reply = await anthropic.messages.create({ ...request, max_tokens: 50 });

    expect(counted.input_tokens).toBe(reply.usage.input_tokens);
  });

  it.each([
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'],
    ['an empty text block', { messages: [user([{ type: 'text', text: '' }])] }, 'must be non-empty'],
    [
      'a result without its call',
      { messages: [user([{ type: 'tool_result', tool_use_id: 'x', content: '' }])] },
      'unexpected `tool_use_id`',
    ],
    [
      'a call without its result',
      {
        tools: [{ name: 'f', input_schema: weatherSchema }],
        messages: [
          user('a'),
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
          user('b'),
        ],
      },
      'without `tool_result` blocks immediately after',
    ],
    [
      'words before the result',
      {
        tools: [{ name: 'f', input_schema: weatherSchema }],
        messages: [
          user('a'),
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
          user([
            { type: 'text', text: 'b' },
            { type: 'tool_result', tool_use_id: 'a', content: '' },
          ]),
        ],
      },
      'without `tool_result` blocks immediately after',
    ],
    [
      'tool blocks without tools',
      {
        messages: [
          user('a'),
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
          user([{ type: 'tool_result', tool_use_id: 'a' }]),
        ],
      },
      'must define tools',
    ],
    [
      'a prefill at a model that takes none',
      { messages: [user('a'), { role: 'assistant', content: 'b' }] },
      'prefill',
    ],
    ['temperature in the newest version', { temperature: 0.5 }, 'temperature: not supported in API version'],
    ['a field of another vendor', { response_format: { type: 'text' } }, 'Extra inputs are not permitted'],
    [
      'a forced tool at a model that takes none',
      {
        model: 'sim-frontier-b',
        tools: [{ name: 'f', input_schema: weatherSchema }],
        tool_choice: { type: 'any' },
      },
      'not supported by this model',
    ],
    [
      'a picture that is none of what it says',
      {
        messages: [
          user([{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: pixel } }]),
        ],
      },
      'appears to be a image/png',
    ],
  ])('refuses %s as the vendor does', async (_, change, message) => {
    const body = { model: 'sim-mid-b', max_tokens: 100, messages: [user('Hi')], ...change };

    const failure = await anthropic.messages
      .create(body as Anthropic.MessageCreateParamsNonStreaming)
      .catch((cause: unknown) => cause);

    expect(failure).toBeInstanceOf(Anthropic.BadRequestError);
    expect((failure as Error).message).toContain(message);
    expect(lastEntry()).toMatchObject({ outcome: 'refused', status: 400, costNanoUsd: '0' });
  });

  it('lists its models in its own shape', async () => {
    const listed = [];
    for await (const model of anthropic.models.list()) listed.push(model);

    expect(listed.map(({ id, type }) => [id, type])).toEqual([
      ['sim-light-b', 'model'],
      ['sim-mid-b', 'model'],
      ['sim-frontier-b', 'model'],
    ]);
  });
});

describe('the upstream', () => {
  it('keeps requests to the byte where it is asked to', async () => {
    const body =
      '{"model":"sim-light-a", "future_field":{"a":12345678901234567890},"messages":[{"role":"user","content":"x"}]}';

    await fetch(`${upstream.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'x-tierwise-exchange': 'exchange-1' },
    });

    expect(upstream.requests().at(-1)?.body.toString()).toBe(body);
    expect(lastEntry()).toMatchObject({ exchange: 'exchange-1', key: 'none', outcome: 'complete' });
  });

  it('answers probes of its root, and strangers with a 404', async () => {
    const root = await fetch(upstream.url, { method: 'HEAD' });
    const stranger = await fetch(`${upstream.url}/v2/nothing`);

    expect(root.status).toBe(200);
    expect(stranger.status).toBe(404);
  });

  it('shows its book', async () => {
    const book = (await (await fetch(`${upstream.url}/book`)).json()) as {
      totals: { calls: number; costNanoUsd: string };
      entries: { costNanoUsd: string }[];
    };

    expect(book.totals.calls).toBe(book.entries.length);
    expect(BigInt(book.totals.costNanoUsd)).toBe(
      book.entries.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n),
    );
  });

  it('plays tasks of the world as they were computed beforehand, on both wires', async () => {
    const world = createTaskWorld({ seed: 1 });
    const tasks = ['plain', 'system', 'conversation', 'agent', 'editor'].flatMap((wrapper) =>
      world
        .tasks()
        .filter((task) => task.wrapper === wrapper)
        .slice(0, 2),
    );

    for (const task of tasks)
      for (const model of worldModels) {
        const expected = whatIf(task, model, world);
        const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
        const path = model.wire === 'openai-chat' ? '/v1/chat/completions' : '/v1/messages';
        const body = JSON.stringify({ model: model.name, ...requestBody(task, model.wire) });
        const reply = await (await fetch(upstream.url + path, { method: 'POST', headers, body })).json();

        expect(lastEntry()).toMatchObject({
          model: model.name,
          tokens: expected.tokens,
          costNanoUsd: String(expected.costNanoUsd),
          task: { id: task.id, score: expected.score },
        });
        expect(task.check(textOf(reply))).toBe(expected.score === 1);
      }
  });

  it('refuses credentials it was not told of', async () => {
    const guarded = await startUpstream({ speed: 0, keys: ['good'] });
    const ask = (key: string) =>
      new OpenAI({ baseURL: `${guarded.url}/v1`, apiKey: key, maxRetries: 0 }).chat.completions.create({
        model: 'sim-light-a',
        messages: [{ role: 'user', content: 'Hi' }],
      });

    await expect(ask('good')).resolves.toBeTruthy();
    await expect(ask('bad')).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
    await guarded.close();
  });
});

const textOf = (reply: unknown): string => {
  const { choices, content } = reply as {
    choices?: { message: { content: string } }[];
    content?: { text: string }[];
  };
  return choices?.[0]?.message.content ?? content?.[0]?.text ?? '';
};
