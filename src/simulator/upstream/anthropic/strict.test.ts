import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pixel, weatherSchema } from '../upstream.cases.ts';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

type Body = Record<string, unknown>;
interface Answer {
  readonly content: { readonly type: string; readonly id?: string; readonly signature?: string }[];
  readonly usage: { readonly output_tokens_details: { readonly thinking_tokens: number } };
}

/** The reason of the refusal; undefined where there is none. */
const refusalOf = async (body: Body, headers: Record<string, string> = {}): Promise<string | undefined> => {
  const before = upstream.refusals().length;
  await send(body, headers);
  return upstream.refusals()[before]?.reason;
};
const send = async (body: Body, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(`${upstream.url}/v1/messages`, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01', 'x-api-key': 'one', ...headers },
    body: JSON.stringify({ max_tokens: 4000, messages: [user('Hi')], ...body }),
  });
  return (await response.json()) as Answer;
};
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const tools = [{ name: 'get_weather', input_schema: weatherSchema }];
const question = user('Call get_weather for Paris');
const thinking = (type: string, rest: object = {}) => ({ thinking: { type, ...rest } });
const budget = thinking('enabled', { budget_tokens: 1024 });
const effort = (level: string) => ({ output_config: { effort: level } });

describe('what a Claude takes, by its name', () => {
  it.each([
    ['claude-sonnet-5-5', { adaptive: true, off: false, budget: false, forced: false, one: false }],
    ['claude-opus-5-5', { adaptive: true, off: false, budget: false, forced: false, one: false }],
    ['claude-haiku-5-5', { adaptive: true, off: true, budget: false, forced: true, one: false }],
    ['claude-fable-5-2', { adaptive: true, off: false, budget: false, forced: false, one: false }],
    ['claude-mythos-5', { adaptive: true, off: false, budget: false, forced: true, one: false }],
    ['claude-opus-5', { adaptive: true, off: true, budget: false, forced: true, one: false }],
    ['claude-sonnet-5', { adaptive: true, off: true, budget: false, forced: true, one: true }],
    ['claude-opus-4-8', { adaptive: true, off: true, budget: false, forced: true, one: true }],
    ['claude-sonnet-4-6', { adaptive: true, off: true, budget: true, forced: true, one: true }],
    ['claude-opus-4-5-20251101', { adaptive: false, off: true, budget: true, forced: true, one: true }],
    ['claude-haiku-4-5', { adaptive: false, off: true, budget: true, forced: true, one: true }],
    ['claude-nobody-knows-9', { adaptive: true, off: false, budget: false, forced: false, one: false }],
  ])('%s', async (model, takes) => {
    const isTaken = async (change: Body) => (await refusalOf({ model, ...change })) === undefined;

    expect({
      adaptive: await isTaken(thinking('adaptive')),
      off: await isTaken(thinking('disabled')),
      budget: await isTaken(budget),
      forced: await isTaken({ tools, tool_choice: { type: 'any' } }),
      one: await isTaken({ temperature: 1 }),
    }).toEqual(takes);
  });

  it('thinks unasked at the newest, and shows the text of it only on demand', async () => {
    const silent = await send({ model: 'claude-opus-5' });
    const shown = await send({ model: 'claude-opus-5', ...thinking('adaptive', { display: 'summarized' }) });
    const older = await send({ model: 'claude-opus-4-8' });

    expect(silent.content).toMatchObject([{ type: 'thinking', thinking: '' }, { type: 'text' }]);
    expect(shown.content).toMatchObject([{ thinking: expect.stringMatching(/.{20}/) }, {}]);
    expect(silent.usage.output_tokens_details.thinking_tokens).toBeGreaterThan(0);
    expect(older.content).toMatchObject([{ type: 'text' }]);
  });

  it('may not be kept from thinking where it is told to try its hardest', async () => {
    const off = thinking('disabled');

    expect(await refusalOf({ model: 'claude-opus-5', ...off, ...effort('high') })).toBeUndefined();
    expect(await refusalOf({ model: 'claude-opus-5', ...off, ...effort('max') })).toContain(
      'at effort "max"',
    );
  });
});

describe('preserved thinking', () => {
  const model = 'claude-opus-5-5';
  const request = { model, tools, system: 'Be brief.', metadata: { user_id: 'ann' } };
  const begin = async () => {
    const { content } = await send({ ...request, messages: [question] });
    const call = content.find(({ type }) => type === 'tool_use');
    const result = user([{ type: 'tool_result', tool_use_id: call?.id, content: 'rain' }]);
    return [question, assistant(content), result];
  };

  it('goes on where nothing before it has changed, whoever moves the cache marks', async () => {
    const messages = await begin();
    const marked = user([
      { type: 'text', text: 'Call get_weather for Paris', cache_control: { type: 'ephemeral' } },
    ]);

    expect(await refusalOf({ ...request, messages })).toBeUndefined();
    expect(await refusalOf({ ...request, messages: [marked, ...messages.slice(1)] })).toBeUndefined();
    expect(
      await refusalOf({ ...request, messages: [...messages, assistant('Rain.'), user('Thanks')] }),
    ).toBeUndefined();
  });

  it.each([
    ['the system prompt', { system: 'Be long.' }, {}, 'prefix_mismatch'],
    ['a tool', { tools: [{ ...tools[0], description: 'New' }] }, {}, 'prefix_mismatch'],
    ['the end user', { metadata: { user_id: 'bob' } }, {}, 'end_user_mismatch'],
    ['the organisation', {}, { 'x-api-key': 'two' }, 'organization_mismatch'],
    ['the model', { model: 'claude-fable-5-2' }, {}, 'model_mismatch'],
  ])('is refused where %s is another', async (_, change, headers, reason) => {
    const messages = await begin();

    expect(await refusalOf({ ...request, messages, ...change }, headers)).toContain(reason);
  });

  it('is refused behind an edited word, and at older models not looked at', async () => {
    const [, ...rest] = await begin();
    const edited = [user('Call get_weather for [city]'), ...rest];

    expect(await refusalOf({ ...request, messages: edited })).toContain('prefix_mismatch');
    expect(await refusalOf({ ...request, model: 'claude-opus-5', messages: edited })).toBeUndefined();
  });
});

describe('a tool loop', () => {
  const model = 'claude-sonnet-4-5';
  const call = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} };
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' };

  it('keeps its way of thinking until it is over', async () => {
    const { content } = await send({ model, tools, ...budget, messages: [question] });
    const id = content.find(({ type }) => type === 'tool_use')?.id;
    const back = user([{ type: 'tool_result', tool_use_id: id, content: 'rain' }]);
    const unthought = [question, assistant([call]), user([result])];

    expect(
      await refusalOf({ model, tools, ...budget, messages: [question, assistant(content), back] }),
    ).toBeUndefined();
    expect(await refusalOf({ model, tools, ...budget, messages: unthought })).toContain(
      'Expected `thinking`',
    );
    expect(await refusalOf({ model, tools, messages: unthought })).toBeUndefined();
    expect(
      await refusalOf({
        model,
        tools,
        ...thinking('disabled'),
        messages: [question, assistant(content), back],
      }),
    ).toContain('cannot be changed');
  });

  it('may be brought back in several messages of one role', async () => {
    const second = { ...call, id: 'toolu_2' };
    const messages = [
      question,
      assistant([call, second]),
      user([result]),
      user([
        { ...result, tool_use_id: 'toolu_2' },
        { type: 'text', text: 'and?' },
      ]),
    ];

    expect(await refusalOf({ model, tools, messages })).toBeUndefined();
  });
});

describe('what no Claude takes', () => {
  const kept = (schema: object) => ({ output_config: { format: { type: 'json_schema', schema } } });
  const closed = (properties: object) => ({ type: 'object', properties, additionalProperties: false });
  const image = (media_type: string, data: string) => [
    user([{ type: 'image', source: { type: 'base64', media_type, data } }]),
  ];
  const marked = (ttl: string) => ({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl } });

  it.each([
    ['a field of another vendor', { reasoning_effort: 'low' }, 'Extra inputs'],
    ['a field nobody knows', { banana: 1 }, 'Extra inputs'],
    ['a beta field without its header', { context_management: {} }, 'Extra inputs'],
    [
      'a foreign field in a block',
      { messages: [user([{ type: 'text', text: 'a', annotations: [] }])] },
      'annotations',
    ],
    [
      'a block of another vendor',
      { messages: [user([{ type: 'input_text', text: 'a' }])] },
      'does not match any',
    ],
    ['blank text', { messages: [user(' \n')] }, 'non-whitespace'],
    ['no text', { messages: [user('')] }, 'non-empty content'],
    [
      'foreign thinking',
      { messages: [question, assistant([{ type: 'thinking', thinking: 'a', signature: 'b' }]), question] },
      'Invalid `signature`',
    ],
    [
      'unsigned thinking',
      { messages: [question, assistant([{ type: 'thinking', thinking: 'a' }]), question] },
      'Field required',
    ],
    [
      'sealed reasoning of another vendor',
      { messages: [question, assistant([{ type: 'redacted_thinking', data: 'gAAAAAx' }]), question] },
      'redacted_thinking',
    ],
    ['temperature and top_p at once', { temperature: 1, top_p: 0.9 }, 'cannot both'],
    ['a cool head while thinking', { ...budget, temperature: 0 }, 'only be set to 1'],
    [
      'a forced tool while thinking by hand',
      { ...budget, tools, tool_choice: { type: 'any' } },
      'forces tool use',
    ],
    ['a budget as large as the limit', { ...budget, max_tokens: 1024 }, 'must be greater'],
    ['an open object', kept({ type: 'object', properties: {} }), 'additionalProperties'],
    [
      'a bound in a schema',
      kept(closed({ n: { type: 'integer', minimum: 1 } })),
      "'minimum' is not supported",
    ],
    [
      'a schema within itself',
      kept({ ...closed({ a: { $ref: '#/$defs/a' } }), $defs: { a: closed({ a: { $ref: '#/$defs/a' } }) } }),
      'Recursive',
    ],
    ['an exotic format', kept(closed({ a: { type: 'string', format: 'iri' } })), "format 'iri'"],
    [
      'a choice at the root of a tool',
      { tools: [{ name: 'f', input_schema: { ...weatherSchema, anyOf: [] } }] },
      'top level',
    ],
    [
      'a tool as OpenAI writes it',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      "tag 'function'",
    ],
    ['a picture of another type', { messages: image('image/jpeg', pixel) }, 'appears to be a image/png'],
    ['a picture that is none', { messages: image('image/png', 'aGVsbG8=') }, 'Could not process'],
    ['a drawing', { messages: image('image/svg+xml', 'aGVsbG8=') }, "'image/png'"],
    ['five breakpoints', { system: [1, 2, 3, 4, 5].map(() => marked('5m')) }, 'maximum of 4'],
    [
      'a long-lived breakpoint behind a short-lived',
      { system: [marked('5m'), marked('1h')] },
      'must not come after',
    ],
    [
      'an id of another grammar',
      {
        tools,
        messages: [
          question,
          assistant([{ type: 'tool_use', id: 'call.1:2', name: 'f', input: {} }]),
          question,
        ],
      },
      'match pattern',
    ],
    [
      'arguments as a text',
      {
        tools,
        messages: [question, assistant([{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }]), question],
      },
      'Input should be an object',
    ],
    ['foreign metadata', { metadata: { run: '1' } }, 'Extra inputs'],
  ])('refuses %s', async (_, change, reason) => {
    expect(await refusalOf({ model: 'claude-sonnet-4-5', ...change })).toContain(reason);
  });

  it('refuses in its newest version what it took before', async () => {
    const version = { 'anthropic-version': '2026-10-21' };
    const model = 'claude-sonnet-4-5';
    const paper = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' } };
    const cited = { type: 'text', text: 'a', citations: [{ type: 'char_location' }] };

    for (const change of [
      { temperature: 1 },
      { messages: [question, assistant([paper]), question] },
      { messages: [user([cited])] },
    ]) {
      expect(await refusalOf({ model, ...change })).toBeUndefined();
      expect(await refusalOf({ model, ...change }, version)).toContain('2026-10-21');
    }
  });

  it('takes an instruction in the middle where it may stand, at the models that know it', async () => {
    const system = { role: 'system', content: 'Now in French.' };

    expect(await refusalOf({ model: 'claude-opus-5', messages: [question, system] })).toBeUndefined();
    expect(
      await refusalOf({ model: 'claude-opus-5', messages: [question, assistant('a'), system, question] }),
    ).toContain('must follow');
    expect(await refusalOf({ model: 'claude-sonnet-5', messages: [question, system] })).toContain(
      'Unexpected role',
    );
  });

  it('answers the vendor’s own SDK under a vendor’s name', async () => {
    const anthropic = new Anthropic({ baseURL: upstream.url, apiKey: 'k', maxRetries: 0 });

    const message = await anthropic.messages
      .stream({ model: 'claude-haiku-5-5', max_tokens: 3000, messages: [{ role: 'user', content: 'Hi' }] })
      .finalMessage();

    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text']);
  });
});
