import { describe, expect, it } from 'vitest';
import type { Script } from '../testing/fake-upstream.ts';
import { answers, calls, cascading, says } from './cascades.cases.ts';
import { chat } from './setting.cases.ts';

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const bySchema = { response_format: { type: 'json_schema', json_schema: { name: 'place', schema } } };
const tools = [{ type: 'function', function: { name: 'weather', parameters: schema } }];

/** What the first model is passed over for; undefined where its answer goes out. */
const passedOver = async (script: Script, rest: object = {}, headers: Record<string, string> = {}) => {
  const { gateway } = await cascading({ small: script, large: says('From the large one.') });
  const response = await chat(gateway, rest, { headers });
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  const [exchange] = await gateway.settled(1);
  const [first] = exchange?.attempts ?? [];
  const isLarge = body.choices[0]?.message.content === 'From the large one.';
  expect(isLarge).toBe(first?.passedOver !== undefined);
  return first?.passedOver;
};

describe('the answer of a judged step is passed over', () => {
  it.each<[string, Script, object, string]>([
    ['that says nothing', says(''), {}, 'empty'],
    ['that says nothing but white space', says(' \n'), {}, 'empty'],
    ['that is no JSON, though JSON was asked for', says('Oslo'), bySchema, 'misfit: it is not JSON'],
    ['that does not fit the schema', says('{"town":"Oslo"}'), bySchema, 'misfit: `$.city` is missing'],
    [
      'that is a list in place of an object',
      says('7'),
      { response_format: { type: 'json_object' } },
      'misfit: it is no JSON object',
    ],
    ['that was cut at its own limit', answers({ content: 'One, two,' }, 'length'), {}, 'truncated'],
    [
      'that was cut before the limit of its caller',
      answers({ content: 'One, two,' }, 'length'),
      { max_tokens: 500 },
      'truncated',
    ],
    [
      'whose code has no end',
      answers({ content: '```js\nlet a' }, 'length', 50),
      { max_tokens: 50 },
      'truncated',
    ],
    [
      'whose thoughts took all there was',
      answers({ content: '' }, 'length', 50),
      { max_tokens: 50 },
      'empty',
    ],
    ['that is a refusal of its vendor', answers({ refusal: 'No.' }), {}, 'refusal'],
    ['that a filter cut', answers({ content: 'Well' }, 'content_filter'), {}, 'refusal'],
    ["that says it can't", says("I'm sorry, but I can't help with that."), {}, 'refusal'],
    ['that says it will not', says('I cannot assist with this request.'), {}, 'refusal'],
    ['that says so in German', says('Es tut mir leid, dabei kann ich nicht helfen.'), {}, 'refusal'],
    [
      'that calls a tool there is not',
      calls('wether', '{"city":"Oslo"}'),
      { tools },
      'bad-call: there is no tool wether',
    ],
    [
      'whose call is no JSON',
      calls('weather', '{"city":'),
      { tools },
      'bad-call: the arguments of weather are no JSON object',
    ],
    ['whose call does not fit', calls('weather', '{}'), { tools }, 'bad-call: weather: `$.city` is missing'],
    [
      'that calls none where one was demanded',
      says('Sunny.'),
      { tools, tool_choice: 'required' },
      'bad-call: none, though one was demanded',
    ],
    [
      'that calls another than was demanded',
      calls('time', '{}'),
      {
        tools: [...tools, { type: 'function', function: { name: 'time' } }],
        tool_choice: { type: 'function', function: { name: 'weather' } },
      },
      'bad-call: time, though weather was demanded',
    ],
  ])('%s', async (_, script, rest, reason) => {
    expect(await passedOver(script, rest)).toBe(reason);
  });
});

describe('the answer of a judged step goes out', () => {
  it.each<[string, Script, object]>([
    ['that fits its schema', says('{"city":"Oslo"}'), bySchema],
    [
      'that was cut where its caller wanted it',
      answers({ content: 'One, two,' }, 'length', 50),
      { max_tokens: 50 },
    ],
    ['that calls a tool as it should be', calls('weather', '{"city":"Oslo"}'), { tools }],
    [
      'that calls a tool without arguments that has none',
      calls('time', ''),
      { tools: [{ type: 'function', function: { name: 'time' } }] },
    ],
    [
      'that reports what cannot be done',
      says('It cannot be sorted in linear time by comparisons alone.'),
      {},
    ],
    [
      'that is sorry and helps',
      says(`I'm sorry, but I can't see the file. ${'Here is how to do it. '.repeat(30)}`),
      {},
    ],
    ['that asks back', says("I can't help without the file; could you paste it?"), {}],
  ])('%s', async (_, script, rest) => {
    expect(await passedOver(script, rest)).toBeUndefined();
  });
});

describe('the tests that a caller sends', () => {
  const withTests = (...tests: object[]) => ({ 'x-tierwise-tests': JSON.stringify(tests) });

  it.each([
    [{ type: 'contains', text: '42' }, undefined],
    [{ type: 'contains', text: '43' }, 'test 1 (contains) does not hold'],
    [{ type: 'excludes', text: 'about' }, 'test 1 (excludes) does not hold'],
    [{ type: 'matches', pattern: '^It is about \\d+\\.$' }, undefined],
    [{ type: 'matches', pattern: '^\\d+$' }, 'test 1 (matches) does not hold'],
  ])('%j judge the answer', async (test, reason) => {
    expect(await passedOver(says('It is about 42.'), {}, withTests(test))).toBe(reason);
  });

  it('all have to hold', async () => {
    const tests = [
      { type: 'contains', text: '42' },
      { type: 'contains', text: '7' },
    ];

    expect(await passedOver(says('42'), {}, withTests(...tests))).toBe('test 2 (contains) does not hold');
  });

  it('wait for an answer where a tool is called first', async () => {
    const script = calls('weather', '{"city":"Oslo"}');

    expect(await passedOver(script, { tools }, withTests({ type: 'contains', text: '42' }))).toBeUndefined();
  });

  it.each([
    ['{', 'is not JSON'],
    ['{}', 'is not a list'],
    ['[7]', 'place 1: it is no object'],
    ['[{"type":"contains"}]', 'needs "text"'],
    ['[{"type":"begins","text":"a"}]', '"type" is none of'],
    ['[{"type":"contains","text":"a","flags":"i"}]', 'a field too many, "flags"'],
    ['[{"type":"matches","pattern":"(?=a)"}]', "is not RE2's"],
    ['[{"type":"matches","pattern":"(a{50}){20}"}]', 'repeat too much'],
    [JSON.stringify(Array.from({ length: 17 }, () => ({ type: 'contains', text: 'a' }))), 'over 16 tests'],
  ])('are refused where they are %s, before anybody is asked', async (header, words) => {
    const { gateway, upstreams } = await cascading({ small: says('a'), large: says('b') });

    const response = await chat(gateway, {}, { headers: { 'x-tierwise-tests': header } });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining(words), param: 'x-tierwise-tests' },
    });
    expect(upstreams.small?.seen).toHaveLength(0);
  });
});
