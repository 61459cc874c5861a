import { describe, expect, it } from 'vitest';
import type { Block } from '../core/chat.ts';
import { type Reply, ReplyGatherer } from '../core/reply.ts';
import { mostAgreed } from './agreement.ts';

const reply = (...blocks: readonly Block[]): Reply => ({ ...new ReplyGatherer().reply(), blocks });
const text = (words: string): Reply => reply({ type: 'text', text: words });
const call = (name: string, argumentsText: string): Block => ({
  type: 'tool-call',
  id: `${Math.random()}`,
  name,
  argumentsText,
  kind: 'function',
});

const alike = (a: string, b: string): number => mostAgreed([text(a), text(b)], 2).alike;

describe('two answers agree', () => {
  it.each([
    ['42', 'The answer is 42.'],
    ['So we get \\boxed{1,200}', 'Half of it, hence:\n#### 1200.0'],
    ['The final answer is $18', 'Answer: 18 dollars'],
    ['B', 'It has to be so.\n\n**Answer: (b)**'],
    ['(C)', 'C) Paris'],
    ['{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }'],
    ['```json\n{"a":1,"b":2}\n```', 'Here it is:\n```json\n{"b":2,"a":1}\n```'],
    ['```ts\nlet a = 1;\n```', 'Sure!\n```ts\nlet a =  1;\n\n```\nThat is all.'],
    ['Oslo is the capital.', 'Oslo is the capital!'],
    ['奥斯陆是首都', '奥斯陆是首都。'],
  ])('%j and %j', (a, b) => {
    expect(alike(a, b)).toBe(1);
  });
});

describe('two answers do not agree', () => {
  it.each([
    ['42', 'The answer is 43.'],
    ['3 hours', '3 days'],
    ['50%', '50'],
    ['A', 'B'],
    ['{"a":1}', '{"a":2}'],
    ['```js\na + b\n```', '```js\na - b\n```'],
    ['```js\na + b\n```', 'Add a and b.'],
    ['', 'Oslo'],
  ])('%j and %j', (a, b) => {
    expect(alike(a, b)).toBe(0);
  });

  it('where one calls a tool and the other answers', () => {
    expect(mostAgreed([reply(call('weather', '{}')), text('Sunny.')], 2).alike).toBe(0);
  });
});

describe('answers in prose', () => {
  it('are as alike as their words', () => {
    const a = 'Oslo is the capital of Norway and its largest city.';
    const b = 'The capital of Norway is Oslo, its largest city.';

    expect(alike(a, b)).toBeGreaterThan(0.8);
    expect(alike(a, 'Bergen lies at the sea, between seven mountains.')).toBeLessThan(0.2);
  });

  it('are no options for beginning with a letter', () => {
    expect(alike('E. coli', 'E. faecalis')).toBeLessThan(1);
  });
});

describe('calls of tools', () => {
  it('agree by names and arguments, whatever their order', () => {
    const one = reply(call('weather', '{"city":"Oslo","day":1}'), call('time', ''));
    const other = reply(call('time', '{}'), call('weather', '{"day":1, "city":"Oslo"}'));

    expect(mostAgreed([one, other], 2).alike).toBe(1);
    expect(mostAgreed([one, reply(call('time', '{}'))], 2).alike).toBe(0);
  });
});

describe('of several answers', () => {
  it('the one goes out that most of the others agree with', () => {
    expect(mostAgreed(['7', '42', '42'].map(text), 3)).toEqual({ at: 1, alike: 0.5 });
  });

  it('those count that were never given', () => {
    expect(mostAgreed([text('42'), text('42')], 3).alike).toBe(0.5);
    expect(mostAgreed([text('42')], 2).alike).toBe(0);
  });
});
