import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;
let openai: OpenAI;
let stranger: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  const client = (apiKey: string) => new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey, maxRetries: 0 });
  openai = client('sk-one');
  stranger = client('sk-two');
});
afterAll(() => upstream.close());

type Create = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Item = OpenAI.Responses.ResponseInputItem;

const lastEntry = () => upstream.book.entries().at(-1);
const model = 'gpt-6-sol';
const weather = { type: 'function' as const, name: 'get_weather', strict: true, parameters: weatherSchema };
const question: Item = { role: 'user', content: 'Call get_weather for Paris' };
const failureOf = (body: object, client = openai): Promise<unknown> =>
  client.responses.create(body as Create).then(
    () => 'no failure',
    (cause: unknown) => cause,
  );

describe('the Responses wire, heard by the vendor’s own SDK', () => {
  it('streams by the grammar: numbered without gaps, every item begun and done, all of it again at the end', async () => {
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    const stream = openai.responses.stream({
      model,
      input: [question],
      tools: [weather],
      reasoning: { effort: 'medium', summary: 'auto' },
    });
    for await (const event of stream) events.push(event);
    const final = await stream.finalResponse();
    const types = events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
    const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []));

    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(types).toEqual(
      [
        ...['created', 'in_progress', 'output_item.added', 'reasoning_summary_part.added'],
        ...['reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done'],
        ...['output_item.done', 'output_item.added', 'content_part.added', 'output_text.delta'],
        ...['output_text.done', 'content_part.done', 'output_item.done', 'output_item.added'],
        ...['function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done', 'completed'],
      ].map((type) => `response.${type}`),
    );
    expect(final.output).toMatchObject(done);
    expect(final.usage?.output_tokens_details.reasoning_tokens).toBe(lastEntry()?.tokens.reasoning);
  });

  it('says the same without a stream, and bills it the same', async () => {
    const request = { model: 'gpt-4.1', input: 'Hello out there' };

    const whole = await openai.responses.create(request);
    const streamed = await openai.responses.stream(request).finalResponse();

    expect(whole.output_text).toContain('simulated answer of gpt-4.1');
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.status).toBe('completed');
  });

  it('goes on with reasoning brought back sealed, in a loop of tools, without keeping anything', async () => {
    const request = {
      model,
      tools: [weather],
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { effort: 'low' as const },
    };
    const first = await openai.responses.create({ ...request, input: [question] });
    const call = first.output.find((item) => item.type === 'function_call');
    const result: Item = { type: 'function_call_output', call_id: call?.call_id ?? '', output: 'rain' };
    const second = await openai.responses.create({
      ...request,
      input: [question, ...(first.output as Item[]), result],
    });

    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call']);
    expect(second.output_text).toContain('rain');
    await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
  });

  it('seals reasoning to its organisation, and leaves out what another model thought', async () => {
    const request = { model, store: false, include: ['reasoning.encrypted_content' as const] };
    const first = await openai.responses.create({ ...request, input: 'Think' });
    const history = [{ role: 'user', content: 'Think' }, ...first.output, { role: 'user', content: 'More' }];

    const elsewhere = await failureOf({ ...request, input: history }, stranger);
    const otherModel = await openai.responses.create({
      ...request,
      model: 'gpt-6-luna',
      input: history as Item[],
    });

    expect(elsewhere).toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
    expect(otherModel).toMatchObject({ input_transformations: [{ reason: 'model_mismatch' }] });
  });

  it('keeps responses, goes on from them, and shows them to nobody else', async () => {
    const first = await openai.responses.create({ model, input: [question], tools: [weather] });
    const call = first.output.find((item) => item.type === 'function_call');
    const second = await openai.responses.create({
      model,
      tools: [weather],
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call?.call_id ?? '', output: 'snow' }],
    });
    const items = await openai.responses.inputItems.list(second.id);
    const otherwise = { model, previous_response_id: first.id, input: 'x' };

    expect(second.output_text).toContain('snow');
    expect(items.data.map(({ type }) => type)).toEqual(
      ['message', 'reasoning', 'message', 'function_call', 'function_call_output'].reverse(),
    );
    expect(await openai.responses.retrieve(second.id)).toMatchObject({ id: second.id, status: 'completed' });
    expect(await failureOf(otherwise, stranger)).toMatchObject({ status: 404 });
    expect(await failureOf(otherwise)).toMatchObject({ message: expect.stringContaining('No tool output') });
    await openai.responses.delete(first.id);
    expect(await failureOf(otherwise)).toMatchObject({ status: 404, code: 'previous_response_not_found' });
  });

  it('answers in the background, until it is cancelled', async () => {
    const slow = await startUpstream({ speed: 1 });
    const client = new OpenAI({ baseURL: `${slow.url}/v1`, apiKey: 'k', maxRetries: 0 });

    const begun = await client.responses.create({ model, input: 'Take your time', background: true });
    const cancelled = await client.responses.cancel(begun.id);

    expect(begun.status).toBe('queued');
    expect(cancelled.status).toBe('cancelled');
    expect(await client.responses.retrieve(begun.id)).toMatchObject({ status: 'cancelled' });
    await slow.close();
  });

  it('makes a conversation short, for the eyes of its own organisation', async () => {
    const compacted = await openai.responses.compact({ model, input: [question] });
    const input = [...compacted.output, { role: 'user', content: 'Go on' }];

    expect(await failureOf({ model, input })).toBe('no failure');
    expect(await failureOf({ model, input }, stranger)).toMatchObject({ code: 'invalid_encrypted_content' });
  });

  it('counts a prompt as it bills it', async () => {
    const request = { model: 'gpt-4.1', input: 'How long is this?', instructions: 'Be brief.' };

    const counted = await openai.responses.inputTokens.count(request);
    const reply = await openai.responses.create(request);

    expect(counted).toMatchObject({
      object: 'response.input_tokens',
      input_tokens: reply.usage?.input_tokens,
    });
  });

  it('keeps to a schema, to the limit and to free text, and takes pictures as results', async () => {
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
      additionalProperties: false,
    };
    const structured = await openai.responses.create({
      model: 'gpt-4.1',
      input: 'Is it?',
      text: { format: { type: 'json_schema', name: 'verdict', schema, strict: true } },
    });
    const short = await openai.responses.create({ model: 'gpt-4.1', input: 'Hi', max_output_tokens: 16 });
    const free = await openai.responses.create({
      model: 'gpt-4.1',
      input: 'Apply it',
      tools: [{ type: 'custom', name: 'apply_patch' }],
      tool_choice: { type: 'custom', name: 'apply_patch' },
    });
    const seen = await openai.responses.create({
      model: 'gpt-4.1',
      input: [
        question,
        { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' },
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: [{ type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'auto' }],
        },
      ],
    });

    expect(structured.output_text).toBe('{"ok":true}');
    expect(short).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 16 },
    });
    expect(free.output).toMatchObject([{ type: 'custom_tool_call', name: 'apply_patch', input: 'Apply it' }]);
    expect(seen.usage?.input_tokens).toBeGreaterThan(700);
  });

  it('declines, is filtered and fails by its own events', async () => {
    const declined = await openai.responses.stream({ model: 'gpt-4.1~refusal', input: 'x' }).finalResponse();
    const filtered = await openai.responses.create({ model: 'gpt-4.1~content-filter', input: 'x' });
    const marked = await openai.responses.create({ model: 'gpt-4.1', input: 'Say sim-fault=length:3 twice' });
    const failed: string[] = [];
    for await (const event of await openai.responses.create({
      model: 'gpt-4.1~error-after:3',
      input: 'x',
      stream: true,
    }))
      failed.push(event.type);

    expect(declined.output).toMatchObject([{ content: [{ type: 'refusal' }] }]);
    expect(filtered.incomplete_details).toEqual({ reason: 'content_filter' });
    expect(marked).toMatchObject({ status: 'incomplete', usage: { output_tokens: 3 } });
    expect(failed.at(-1)).toBe('response.failed');
    await expect(
      openai.responses.stream({ model: 'gpt-4.1~error-first', input: 'x' }).finalResponse(),
    ).rejects.toThrow('Overloaded');
  });

  it('wants the reasoning of a call beside it, wherever it kept them', async () => {
    const first = await openai.responses.create({ model, input: [question], tools: [weather] });
    const [reasoning, , call] = first.output as [Item, Item, OpenAI.Responses.ResponseFunctionToolCall];
    const result: Item = { type: 'function_call_output', call_id: call.call_id, output: 'rain' };
    const ask = (...items: unknown[]) => failureOf({ model, tools: [weather], input: [question, ...items] });
    const { id: _, ...unnamed } = call;

    expect(await ask(call, result)).toMatchObject({
      status: 400,
      message: expect.stringContaining("without its required 'reasoning' item"),
    });
    expect(await ask(reasoning)).toMatchObject({
      message: expect.stringContaining('required following item'),
    });
    expect(await ask(unnamed, result)).toBe('no failure');
    expect(await ask({ type: 'item_reference', id: (reasoning as { id: string }).id }, call, result)).toBe(
      'no failure',
    );
  });

  it.each([
    ['a field of Chat', { max_tokens: 50 }, 'unsupported_parameter', "moved to 'max_output_tokens'"],
    ['stop sequences', { stop: ['x'] }, 'unknown_parameter', "'stop'"],
    ['several choices', { n: 2 }, 'unknown_parameter', "'n'"],
    ['a seed', { seed: 1 }, 'unknown_parameter', "'seed'"],
    ['a limit under 16', { max_output_tokens: 15 }, 'integer_below_min_value', '>= 16'],
    ['an effort the model has not', { reasoning: { effort: 'minimal' } }, 'unsupported_value', 'minimal'],
    ['temperature beside reasoning', { temperature: 0.2 }, 'unsupported_value', 'temperature'],
    [
      'nested tools',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      'unknown_parameter',
      'function',
    ],
    [
      'a tool that is strict by silence and has optional fields',
      { tools: [{ type: 'function', name: 'f', parameters: { ...weatherSchema, required: [] } }] },
      'invalid_json_schema',
      "Missing 'city'",
    ],
    [
      'a picture as Chat has it',
      {
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: { url: 'https://x.org/y' } }] }],
      },
      'invalid_type',
      'expected a string',
    ],
    [
      'what a person says in the mouth of the model',
      { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
      'invalid_value',
      "'output_text'",
    ],
    [
      'a call id where an item id belongs',
      { input: [{ type: 'function_call', id: 'call_1', call_id: 'call_1', name: 'f', arguments: '{}' }] },
      'invalid_value',
      "begins with 'fc'",
    ],
    [
      'a status on reasoning',
      { input: [{ type: 'reasoning', id: 'rs_1', summary: [], status: null }] },
      'unknown_parameter',
      'input[0].status',
    ],
    [
      'what an SDK has parsed',
      { input: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}', parsed_arguments: {} }] },
      'unknown_parameter',
      'parsed_arguments',
    ],
    [
      'a result without its call',
      { input: [{ type: 'function_call_output', call_id: 'x', output: '' }] },
      null,
      'No tool call found',
    ],
    [
      'two ways of going on',
      { previous_response_id: 'resp_x', conversation: 'conv_x' },
      'mutually_exclusive_parameters',
      'conversation',
    ],
    ['a background that keeps nothing', { background: true, store: false }, 'invalid_value', 'store'],
    ['an inclusion there is not', { include: ['usage'] }, 'invalid_value', 'usage'],
  ])('refuses %s as the vendor does', async (_, change, code, message) => {
    const failure = await failureOf({ model, input: 'Hi', ...change });

    expect(failure).toMatchObject({ status: 400, code, message: expect.stringContaining(message) });
    expect(upstream.refusals().at(-1)).toMatchObject({ wire: 'openai-responses', model, status: 400 });
  });
});
