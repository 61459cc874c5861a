import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest } from '../core/chat.ts';
import type { JsonObject } from '../core/json.ts';
import { type Reply, ReplyGatherer } from '../core/reply.ts';
import type { ReplyCall } from './dialect.ts';
import { withoutHosted } from './hosted-tools.ts';
import { shortName } from './names.ts';
import { openaiResponses } from './openai-responses/index.ts';
import { sealReasoning } from './sealed-reasoning.ts';

const requestOf = (body: JsonObject): ChatRequest =>
  openaiResponses.readRequest({ model: 'auto', input: 'Hi', ...body });

const replyOf = (blocks: readonly Block[]): Reply => ({
  ...new ReplyGatherer().reply(),
  ...{ id: 'one', model: 'some', blocks, reason: 'tool-calls' },
});

const callFor = (request: ChatRequest): ReplyCall => ({
  request,
  exchangeId: 'one',
  modelName: 'some',
  createdSec: 0,
  estimatedPromptTokens: 0,
  owner: { provider: 'other', model: 'some' },
});

const search = { type: 'web_search' };
const find = { type: 'function', name: 'find', parameters: { type: 'object', properties: {} } };
const patch = { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } };
const crm = { type: 'namespace', name: 'crm', description: 'Customers', tools: [find, patch] };

describe('a request without what its vendor runs', () => {
  it('keeps the caller’s own tools and names what was left out, each kind once', () => {
    const request = requestOf({ tools: [search, find, { type: 'image_generation' }, search] });

    const { request: plain, leftOut } = withoutHosted(request) ?? {};

    expect(plain?.tools).toEqual([expect.objectContaining({ type: 'function', name: 'find' })]);
    expect(leftOut).toEqual(['web_search', 'image_generation']);
  });

  it('has the tools of groups one by one, under names that tell the group', () => {
    const { request: plain, leftOut } = withoutHosted(requestOf({ tools: [find, crm] })) ?? {};

    expect(plain?.tools).toEqual([
      expect.objectContaining({ type: 'function', name: 'find' }),
      { type: 'function', name: 'crm__find', schema: find.parameters },
      { type: 'custom', name: 'crm__patch', grammar: { syntax: 'lark', definition: 'x' } },
    ]);
    expect(leftOut).toEqual([]);
  });

  it('has those that stand among the items, and not the item', () => {
    const functions = { type: 'namespace', name: 'functions', tools: [patch] };
    const input = [
      { type: 'additional_tools', role: 'developer', tools: [functions, crm, find] },
      { role: 'user', content: 'Hi' },
    ];

    const plain = withoutHosted(requestOf({ input }))?.request;

    expect(plain?.tools.map((tool) => tool.type !== 'hosted' && tool.name)).toEqual([
      ...['patch', 'crm__find', 'crm__patch', 'find'],
    ]);
    expect(plain?.system).toEqual([]);
  });

  it('leaves out a tool of a group that could not be told from another', () => {
    const twin = { ...find, name: 'crm__find' };

    const { request: plain, leftOut } = withoutHosted(requestOf({ tools: [crm, twin] })) ?? {};

    expect(plain?.tools.map((tool) => tool.type)).toEqual(['function', 'custom']);
    expect(leftOut).toEqual(['namespace']);
  });

  it('takes calls back to where they belong, whatever the names are', () => {
    const word = fc.constantFrom('a', 'b', 'a__b', 'b__a', 'functions', 'x'.repeat(70));
    const own = word.map((name) => ({ ...find, name }));
    const group = fc.record({ name: word, tools: fc.array(own, { maxLength: 3 }) });
    const offered = fc.record({
      own: fc.array(own, { maxLength: 3 }),
      groups: fc.array(group, { maxLength: 3 }),
    });

    fc.assert(
      fc.property(offered, ({ own, groups }) => {
        const request = requestOf({
          tools: [...own, ...groups.map((each) => ({ type: 'namespace', ...each }))],
        });
        const names = groups.flatMap(({ name, tools }) => tools.map((tool) => `${name}/${tool.name}`));
        const plain = withoutHosted(request)?.request.tools ?? [];
        const called = plain.map((tool, index) => ({
          ...{ type: 'tool-call', id: `call_${index}`, kind: 'function', argumentsText: '{}' },
          name: shortName(tool.type === 'hosted' ? '' : tool.name),
        }));

        const { output } = openaiResponses.writeReply(replyOf(called as Block[]), callFor(request));

        const back = (output as JsonObject[]).map(({ namespace, name }) =>
          namespace === undefined ? name : `${namespace}/${name}`,
        );
        for (const [index, name] of back.entries())
          if (index < own.length) expect(name).toBe(own[index]?.name);
          else expect(names).toContain(String(name).includes('/') ? name : `functions/${name}`);
      }),
    );
  });

  it('tells earlier calls into a group as what they are now, thoughts and all', () => {
    const thought = sealReasoning({
      ...{ vendor: 'google', kind: 'thought-signature', data: 'c2ln', id: 'call_1' },
      owner: { provider: 'google', model: 'gemini' },
    });
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'reasoning', summary: [], encrypted_content: thought },
      { type: 'function_call', call_id: 'call_1', namespace: 'crm', name: 'find', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'found' },
    ];

    const plain = withoutHosted(requestOf({ tools: [crm], input }))?.request;

    expect(plain?.turns[1]?.blocks).toEqual([
      {
        ...{ type: 'tool-call', id: 'call_1', name: 'crm__find', argumentsText: '{"a":1}', kind: 'function' },
        opaque: expect.objectContaining({ data: 'c2ln' }),
      },
    ]);
  });

  it('keeps parts that only the vendor knows: they are not ours to leave out', () => {
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { role: 'user', content: 'And?' },
    ];

    const plain = withoutHosted(requestOf({ tools: [search], input }))?.request;

    expect(plain?.turns[1]?.blocks).toEqual([expect.objectContaining({ kind: 'web_search_call' })]);
  });

  it('says nothing of choosing where there is nothing left to choose', () => {
    const request = requestOf({ tools: [search], tool_choice: 'auto', parallel_tool_calls: true });

    const plain = withoutHosted(request)?.request;

    expect(plain).toMatchObject({ tools: [] });
    expect(plain).not.toHaveProperty('toolChoice');
    expect(plain).not.toHaveProperty('parallelTools');
  });

  it.each([
    { wish: 'that very tool', tool_choice: { type: 'web_search' } },
    { wish: 'some tool, of which there is no other', tool_choice: 'required' },
    { wish: 'a tool of a name that only the vendor knows', tool_choice: { type: 'function', name: 'other' } },
    {
      wish: 'one of some that only the vendor knows',
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'other' }] },
    },
  ])('is not to be had where $wish has to be called', ({ tool_choice }) => {
    expect(withoutHosted(requestOf({ tools: [search], tool_choice }))).toBeUndefined();
  });

  it.each([
    { wish: 'some tool', tool_choice: 'required' },
    { wish: 'one that is there', tool_choice: { type: 'function', name: 'find' } },
  ])('is to be had where $wish has to be called', ({ tool_choice }) => {
    expect(
      withoutHosted(requestOf({ tools: [search, find], tool_choice }))?.request.toolChoice,
    ).toBeDefined();
  });
});
