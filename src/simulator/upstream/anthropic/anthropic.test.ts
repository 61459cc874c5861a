import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;
let anthropic: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  anthropic = new Anthropic({ baseURL: upstream.url, apiKey: 'sk-ant-test', maxRetries: 0 });
});
afterAll(() => upstream.close());

const lastEntry = () => {
  const entry = upstream.book.entries().at(-1);
  if (!entry) throw new Error('the book is empty');
  return entry;
};

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
