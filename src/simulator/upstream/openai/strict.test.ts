import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

const send = (body: object): Promise<Response> =>
  fetch(`${upstream.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer k' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }),
  });
/** The reason of the refusal; undefined where there is none. */
const refusalOf = async (body: object): Promise<string | undefined> => {
  const before = upstream.refusals().length;
  await send(body);
  return upstream.refusals()[before]?.reason;
};
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema } }];

describe('what a GPT takes on Chat, by its name', () => {
  it.each([
    ['gpt-4.1', { tools: true, low: false, none: false, cool: true, maxTokens: true, stop: true }],
    ['o4-mini', { tools: true, low: true, none: false, cool: false, maxTokens: false, stop: false }],
    ['gpt-5-mini', { tools: true, low: true, none: false, cool: false, maxTokens: false, stop: false }],
    ['gpt-5.1', { tools: true, low: true, none: true, cool: true, maxTokens: false, stop: false }],
    ['gpt-5.5', { tools: true, low: false, none: true, cool: true, maxTokens: false, stop: false }],
    ['gpt-5.6-terra', { tools: false, low: false, none: true, cool: false, maxTokens: false, stop: false }],
    ['gpt-6-luna', { tools: true, low: true, none: true, cool: false, maxTokens: false, stop: false }],
    ['gpt-6.1-sol', { tools: true, low: true, none: false, cool: false, maxTokens: false, stop: false }],
  ])('%s', async (model, takes) => {
    const isTaken = async (change: object) => (await refusalOf({ model, ...change })) === undefined;

    expect({
      tools: await isTaken({ tools }),
      low: await isTaken({ tools, reasoning_effort: 'low' }),
      none: await isTaken({ tools, reasoning_effort: 'none' }),
      cool: await isTaken({ temperature: 0.1 }),
      maxTokens: await isTaken({ max_tokens: 50 }),
      stop: await isTaken({ stop: ['x'] }),
    }).toEqual(takes);
  });

  it('is not there at all where it is served on Responses only', async () => {
    const response = await send({ model: 'gpt-5-codex' });

    expect(response.status).toBe(404);
    expect(await refusalOf({ model: 'gpt-5-codex' })).toContain('not supported at POST /v1/chat/completions');
  });
});

describe('what no GPT takes on Chat', () => {
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
  const strict = (schema: object) => ({
    tools: [{ type: 'function', function: { name: 'f', strict: true, parameters: schema } }],
  });

  it.each([
    ['a field nobody knows', { banana: 1 }, 'banana'],
    ['a field of Anthropic', { max_tokens: 5, stop_sequences: ['x'] }, 'stop_sequences'],
    ['a field of Responses', { input: 'x' }, 'input'],
    [
      'a cache mark of Anthropic',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] }] },
      'cache_control',
    ],
    ['flat tools', { tools: [{ type: 'function', name: 'f' }] }, 'tools[0].function'],
    ['a tool of Anthropic', { tools: [{ name: 'f', input_schema: {} }] }, "'function' and 'custom'"],
    ['a dotted tool name', { tools: [{ type: 'function', function: { name: 'a.b' } }] }, 'pattern'],
    [
      'a long tool name',
      { tools: [{ type: 'function', function: { name: 'a'.repeat(65) } }] },
      'maximum length 64',
    ],
    ['strict tools with optional fields', strict({ ...weatherSchema, required: ['city'] }), "Missing 'unit'"],
    ['strict tools that are open', strict({ type: 'object', properties: {} }), "'additionalProperties'"],
    ['strict tools with a choice at the root', strict({ ...weatherSchema, anyOf: [] }), 'root'],
    [
      'strict tools with alternatives',
      strict({ ...weatherSchema, properties: { city: { oneOf: [] }, unit: {} } }),
      "'oneOf'",
    ],
    [
      'arguments as an object',
      {
        messages: [{ role: 'assistant', tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }],
      },
      'function',
    ],
    ['two calls of one id', { messages: [{ role: 'assistant', tool_calls: [call, call] }] }, 'Duplicate'],
    [
      'a picture in a result',
      {
        messages: [
          { role: 'assistant', tool_calls: [call] },
          {
            role: 'tool',
            tool_call_id: 'a',
            content: [{ type: 'image_url', image_url: { url: 'https://x.org' } }],
          },
        ],
      },
      "'text'",
    ],
    [
      'a picture that is none',
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=' } }],
          },
        ],
      },
      'unsupported image',
    ],
    ['both names of the limit', { max_tokens: 5, max_completion_tokens: 5 }, 'at the same time'],
    ['top_logprobs alone', { top_logprobs: 2 }, "'logprobs'"],
    ['metadata that is no text', { metadata: { run: 1 } }, 'metadata'],
    [
      'cache options before they were invented',
      { prompt_cache_options: { mode: 'explicit' } },
      'prompt_cache_options',
    ],
    ['an effort at a model without', { reasoning_effort: 'low' }, 'reasoning_effort'],
  ])('refuses %s', async (_, change, reason) => {
    expect(await refusalOf({ model: 'gpt-4.1', ...change })).toContain(reason);
  });

  it('knows nothing of the retention of caches any more from GPT-6 on', async () => {
    const change = { prompt_cache_retention: '24h' };

    expect(await refusalOf({ model: 'gpt-5.6-sol', ...change })).toBeUndefined();
    expect(await refusalOf({ model: 'gpt-6-sol', ...change })).toContain('prompt_cache_retention');
  });
});
