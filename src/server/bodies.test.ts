import { describe, expect, it } from 'vitest';
import { chatAnswer, sendJson } from '../testing/fake-upstream.ts';
import type { TestGateway } from '../testing/test-gateway.ts';
import { answer, behind, chatPath, body as plainBody } from './door.cases.ts';

const post = (
  { url }: TestGateway,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
) => fetch(url + path, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
const withContent = (content: string): string =>
  `{"model":"auto","max_tokens":5,"messages":[{"role":"user","content":${content}}]}`;

describe('a body that is no request', () => {
  const deep = (depth: number): string => withContent(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['a list', '[]'],
    ['a number', '1e400'],
    ['null', 'null'],
    ['half an object', '{"model":"auto"'],
    ['an object and more', `${plainBody}{}`],
    ['a comment', `/* hi */${plainBody}`],
    ['a trailing comma', '{"model":"auto",}'],
    ['NaN', '{"model":"auto","messages":[],"temperature":NaN}'],
    ['a byte order mark', `\ufeff${plainBody}`],
    ['UTF-16', Buffer.from(plainBody, 'utf16le')],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"model":"auto","x":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')]),
    ],
    [
      'an overlong character',
      Buffer.concat([Buffer.from('{"model":"'), Buffer.of(0xc0, 0x80), Buffer.from('"}')]),
    ],
    ['a NUL', withContent('"a\0b"')],
    ['two models', plainBody.replace('{', '{"model":"other",')],
    ['two models, one in escapes', plainBody.replace('{', '{"mod\\u0065l":"other",')],
    ['a depth of 1000', deep(1000)],
    ['a depth of a million', deep(1_000_000)],
    ['9 MB of empty objects', withContent(`[${'{},'.repeat(3_000_000)}{}]`)],
    ['a million keys', withContent(`{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":1`).join()}}`)],
    ['a key of 1 MB', withContent(`{"${'k'.repeat(1_000_000)}":1}`)],
    ['a number of 10,000 digits', withContent('1'.repeat(10_000))],
    ['a model without end', `{"model":"${'m'.repeat(100_000)}","messages":[{"role":"user","content":"x"}]}`],
    ['a model that is no text', '{"model":{"a":1},"messages":[]}'],
    ['no messages', '{"model":"auto"}'],
    ['messages that are none', '{"model":"auto","max_tokens":5,"messages":"hi"}'],
    ['a message of nothing', '{"model":"auto","max_tokens":5,"messages":[null]}'],
  ])('is a 400 in each dialect, and nobody is asked: %s', async (_name, body) => {
    const { gateway, upstream } = await behind(answer);

    for (const path of [chatPath, '/v1/messages']) {
      const response = await post(gateway, path, body);
      const text = await response.text();
      expect(response.status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ error: { type: 'invalid_request_error' } });
      expect(text.length).toBeLessThan(20_000);
    }

    expect(upstream.seen).toHaveLength(0);
    expect(gateway.exchanges).toHaveLength(0);
  });

  it('but compressed is a 415', async () => {
    const { gateway } = await behind(answer);

    const response = await post(gateway, chatPath, plainBody, { 'content-encoding': 'gzip' });

    expect(response.status).toBe(415);
  });
});

describe('a body that is odd but sound', () => {
  it.each<[string, string]>([
    [
      'big numbers',
      '{"model":"auto","seed":12345678901234567890,"x":1.0e+2,"y":-0.0,"messages":[{"role":"user","content":"x"}]}',
    ],
    ['half characters', withContent('"\\ud800 \\udfff"')],
    ['escaped NULs', withContent('"a\\u0000b"')],
    [
      'prototype’s keys',
      '{"model":"auto","__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"toString":1,"messages":[{"role":"user","content":"x"}]}',
    ],
    ['odd spaces', '\r\n\t{ "messages" : [ {"role":"user","content":"x"} ] ,\n"model":\t"auto" }\n'],
    ['the model in escapes', '{"model":"\\u0061uto","messages":[{"role":"user","content":"x"}]}'],
    [
      'the model’s name elsewhere, too',
      '{"metadata":{"model":"a"},"model":"auto","messages":[{"role":"user","content":"\\"model\\":\\"auto\\""}]}',
    ],
  ])('goes on byte by byte but for the model: %s', async (_name, body) => {
    const { gateway, upstream } = await behind(answer);

    const response = await post(gateway, chatPath, body);

    expect(response.status).toBe(200);
    const sent = body.replace(/"model"\s*:\s*"(?:auto|\\u0061uto)"(?=[,\s}])/, (member) =>
      member.replace(/"[^"]*"$/, '"one"'),
    );
    expect(upstream.seen[0]?.body).toBe(sent);
    expect(await gateway.settled(1)).toMatchObject([{ askedModel: 'auto', model: 'p-one/one' }]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'names nothing of ours by "%s", in body, tools, tags or arguments',
    async (name) => {
      const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
      const call = {
        id: 'call_1',
        type: 'function',
        function: { name: 'f', arguments: `{"${name}":{"polluted":1}}` },
      };
      const reply = chatAnswer('');
      const { gateway, upstream } = await behind(
        sendJson({
          ...reply,
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: null, tool_calls: [call] },
              finish_reason: 'tool_calls',
            },
          ],
        }),
      );
      const schema = `{"type":"object","properties":{"${name}":{"type":"object","polluted":true}}}`;
      const headers = { 'x-tierwise-tags': `${name}=polluted, ${name}.prototype.polluted=1` };
      const turns = `[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[${JSON.stringify(call)}]},{"role":"tool","tool_call_id":"call_1","content":"7"}]`;

      const chat = await post(
        gateway,
        chatPath,
        `{"model":"auto","${name}":{"polluted":1},"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}],"messages":${turns}}`,
        headers,
      );
      const messages = await post(
        gateway,
        '/v1/messages',
        `{"model":"auto","max_tokens":9,"${name}":{"polluted":1},"tools":[{"name":"f","input_schema":${schema}}],"messages":[{"role":"user","content":"x"}]}`,
        headers,
      );

      expect([chat.status, messages.status]).toEqual([200, 200]);
      expect(await messages.text()).toContain(`"${name}":{"polluted":1}`);
      expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      for (const { body } of upstream.seen)
        expect(body).toContain(`"${name}":{"type":"object","polluted":true}`);
      const [exchange] = await gateway.settled(2);
      expect(Object.entries(exchange?.tags ?? {})).toContainEqual([name, 'polluted']);
    },
  );
});

describe('what callers write into headers', () => {
  it('ends no header and no line of ours', async () => {
    const { gateway } = await behind(sendJson(chatAnswer('42')));
    const evil = 'x\\r\\nset-cookie: a=b\\u0000\\u00e9\\ud83d\\ude00\\ud800';

    const response = await post(
      gateway,
      '/v1/messages',
      `{"model":"auto","max_tokens":5,"${evil}":1,"top_k":5,"${'\\ud83d\\ude00'.repeat(400)}":1,"messages":[{"role":"user","content":"x"}]}`,
      { 'x-tierwise-session': 'a b', 'x-tierwise-tags': 'ü=ö' },
    );

    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(response.headers.get('x-tierwise-warnings')).toMatch(/^[\x21-\x7e]+$/);
    const [exchange] = await gateway.settled(1);
    expect(exchange?.session).toMatch(/^h-[\w-]{22}$/);
    expect(gateway.faults).toHaveLength(0);
  });

  it('is kept short in the record', async () => {
    const { gateway } = await behind(sendJson(chatAnswer('42')));
    const fields = Array.from({ length: 5000 }, (_, at) => `"${'f'.repeat(200)}${at}":1`).join();

    await post(
      gateway,
      '/v1/messages',
      `{"model":"auto","max_tokens":5,${fields},"messages":[{"role":"user","content":"x"}]}`,
      { 'x-tierwise-tags': Array.from({ length: 500 }, (_, at) => `t${at}=${'v'.repeat(20)}`).join() },
    );

    const [exchange] = await gateway.settled(1);
    expect(exchange?.warnings.length).toBeLessThanOrEqual(32);
    expect(JSON.stringify(exchange?.warnings).length).toBeLessThan(4000);
    expect(Object.keys(exchange?.tags ?? {}).length).toBeLessThanOrEqual(32);
  });
});

describe('a body whose tokens are to be counted', () => {
  it.each([
    '{}',
    '{"messages":5}',
    '{"messages":[null]}',
    '{"model":1,"system":{"a":1},"tools":"x","messages":[]}',
    '[1]',
    '{',
  ])('is counted or refused, never a fault: %s', async (body) => {
    const { gateway } = await behind(answer);

    const response = await post(gateway, '/v1/messages/count_tokens', body);

    expect([200, 400]).toContain(response.status);
    expect(gateway.faults).toHaveLength(0);
  });
});
