import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import { sealReasoning } from '../sealed-reasoning.ts';
import { checkBrokenAnswers, checkBrokenStreams, checkSpoiltBodies } from '../spoilt-bodies.cases.ts';
import { openaiResponses } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const sealed = sealReasoning({ vendor: 'anthropic', kind: 'signature', data: 'sig' });

const body = {
  model: 'auto',
  instructions: 'Be brief.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_image', image_url: 'data:image/png;base64,aa', detail: 'low' },
        { type: 'input_file', file_id: 'f' },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 't' }],
      encrypted_content: sealed,
    },
    { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
    { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'custom_tool_call', call_id: 'd', name: 'g', input: 'x' },
    { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'ok' }] },
    { type: 'custom_tool_call_output', call_id: 'd', output: 'ok' },
    { type: 'web_search_call', id: 'ws_1' },
    { role: 'user', content: 'y' },
  ],
  tools: [
    { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
    { type: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  text: {
    format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
    verbosity: 'low',
  },
  reasoning: { effort: 'high', summary: 'auto' },
  include: ['reasoning.encrypted_content'],
  store: false,
  temperature: 1,
  max_output_tokens: 3,
};

describe('broken input', () => {
  it('is refused with a reason or read, but never crashes: 10,000 spoilt bodies', () => {
    checkSpoiltBodies({
      dialect: openaiResponses,
      body,
      models: [sampleModel(), sampleModel({ reasoning: { type: 'none' }, sampling: 'no' })],
      quirks: { refusedFields: ['store'] },
      writtenFrom: 'anthropic-messages',
      checkPassed: (passed) => expect(passed.includes(sealed)).toBe(false),
    });
  });

  it('in an answer is an upstream that is bad, never a crash', () => {
    checkBrokenAnswers(openaiResponses, (value, inner) => [
      value,
      { output: value },
      { output: [value, { type: 'message', content: value }, { type: 'reasoning', summary: inner }] },
      {
        output: [{ type: 'function_call', call_id: value, name: inner, arguments: value }],
        usage: value,
      },
      {
        output: [],
        status: 'incomplete',
        incomplete_details: value,
        usage: { input_tokens_details: inner },
      },
      { error: value, status: inner },
    ]);
  });

  it('in a stream never throws, and the tap hands on what it was given up to where it broke', () => {
    checkBrokenStreams({
      dialect: openaiResponses,
      numRuns: 1_000,
      pieces: [
        'event: error\n',
        'event: response.output_text.delta\n',
        '"delta":"a"',
        '{"type":"response.completed","response":{"output":[null,{}],"usage":{}}}',
        '{"type":"response.output_item.done","item":{"type":"function_call"}}',
        '{"type":"response.output_text.delta","delta":"x"}',
        '{"type":"response.failed","response":null}',
      ],
      check: (bytes, passed, tap) => {
        expect(bytes.subarray(0, passed.length).equals(passed)).toBe(true);
        tap.end();
        JSON.parse(
          (tap.writeError?.(new GatewayError('upstream-cut', 'Cut.')) ?? '').split('data: ')[1] ?? '',
        );
      },
    });
  });

  it('gives up on an event of over 8 MB', () => {
    const tap = openaiResponses.tapStream({ hidesUsage: false });
    tap.push(Buffer.from('event: response.output_text.delta\ndata: {"delta":"'));
    const piece = Buffer.alloc(1024 * 1024, 'x');

    for (let at = 0; at < 9; at++) expect(tap.push(piece)).toHaveLength(0);

    expect(tap.error?.class).toBe('upstream-bad');
    expect(tap.hasToldError).toBe(false);
  });
});

describe('a long input', () => {
  // what grows with the square of it would take minutes
  const count = 50_000;
  const call = (at: number) => ({ type: 'function_call', call_id: `c${at}`, name: 'f', arguments: '{}' });
  const output = (at: number) => ({ type: 'function_call_output', call_id: `c${at}`, output: '' });
  const each = <Item>(item: (at: number) => Item): Item[] =>
    Array.from({ length: count }, (_, at) => item(at));

  it.each([
    ['calls side by side', () => [...each(call), ...each(output)]],
    [
      'calls answered much later',
      () => [...each((at) => [call(at), { role: 'user', content: 'x' }]).flat(), ...each(output)],
    ],
    ['calls left open', () => each((at) => ({ ...call(at), async: true }))],
    ['results given in pieces', () => [call(0), ...each(() => output(0))]],
  ])(
    'of %s is read in time that grows with its length only',
    (_, items) => {
      const { turns } = openaiResponses.readRequest({ model: 'm', input: items() });

      expect(turns.length).toBeGreaterThan(0);
    },
    4_000,
  );
});
