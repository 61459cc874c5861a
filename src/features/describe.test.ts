import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { describe as describeRequest } from './describe.ts';
import { requestOf } from './request-of.cases.ts';

const featuresOf = (ask: string, rest: Partial<ChatRequest> = {}): Features =>
  describeRequest(requestOf(ask, rest), ask.length).features;

const tool = (index: number): Tool => ({
  type: 'function',
  name: `tool_${index}`,
  description: 'Refactor, debug, audit security, design architecture, prove theorems.',
  schema: { type: 'object', properties: { path: { type: 'string', description: 'where' } } },
});

describe('features', () => {
  it('counts an English prompt within a fifth of what tokenizers say', () => {
    const paragraph =
      'The quick brown fox jumps over the lazy dog while the sun is setting behind the hills. '.repeat(50);

    // 18 tokens a sentence by o200k
    expect(featuresOf(paragraph).promptTokens).toBeGreaterThan(50 * 18 * 0.8);
    expect(featuresOf(paragraph).promptTokens).toBeLessThan(50 * 18 * 1.2);
  });

  it('counts a long conversation as the sum of its parts', () => {
    const lines = ['const total = items.reduce(add, 0);', 'The mill was sold in spring.', '今天天气很好。'];
    const body = (index: number) => `${lines[index % lines.length]} ${index}\n`.repeat(150);
    const turns = Array.from({ length: 400 }, (_, index) => ({
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      blocks: [{ type: 'text' as const, text: body(index) }],
    }));
    const apart = turns.reduce((sum, turn) => sum + featuresOf('', { turns: [turn] }).promptTokens, 0);

    expect(Math.abs(featuresOf('', { turns }).promptTokens / apart - 1)).toBeLessThan(0.02);
  });

  it('counts a Chinese sign as about a token', () => {
    expect(featuresOf('今天天气很好我们去公园散步吧'.repeat(10)).askTokens).toBeGreaterThan(100);
  });

  it('counts tools, pictures and papers into the prompt and not into the ask', () => {
    const plain = featuresOf('hi');
    const picture: Block = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
    const rich = featuresOf('hi', {
      tools: [tool(1), tool(2)],
      turns: [{ role: 'user', blocks: [picture, { type: 'text', text: 'hi' }] }],
    });

    expect(rich.askTokens).toBe(plain.askTokens);
    expect(rich.promptTokens).toBeGreaterThan(plain.promptTokens + 1_000);
    expect(rich).toMatchObject({ images: 1, toolCount: 2, hasTools: true });
  });

  it('tells a tool loop in the words of a vendor, and takes a picture in it for a picture', () => {
    const own = (kind: string, raw: Record<string, string>): Block => ({
      type: 'vendor',
      dialect: 'openai-responses',
      kind,
      path: 'input.1',
      raw,
    });
    const picture = `data:image/png;base64,${'iVBO'.repeat(500_000)}`;
    const loop = featuresOf('', {
      turns: [
        { role: 'user', blocks: [{ type: 'text', text: 'go' }] },
        { role: 'assistant', blocks: [own('computer_call', { id: 'cu_1' })] },
        { role: 'user', blocks: [own('computer_call_output', { image_url: picture })] },
      ],
    });

    expect(loop).toMatchObject({ isToolLoop: true, toolDepth: 1, turns: 1 });
    expect(loop.promptTokens).toBeLessThan(2_000);
  });

  it('tells a tool loop and how deep it is', () => {
    const call: Block = { type: 'tool-call', id: 'a', name: 'x', argumentsText: '', kind: 'function' };
    const result: Block = { type: 'tool-result', callId: 'a', blocks: [], isError: false };
    const said: Block = { type: 'text', text: 'go' };
    const loop = featuresOf('', {
      turns: [
        { role: 'user', blocks: [said] },
        { role: 'assistant', blocks: [call, call] },
        { role: 'user', blocks: [result, result] },
        { role: 'assistant', blocks: [call] },
        { role: 'user', blocks: [result] },
      ],
    });

    expect(loop).toMatchObject({ isToolLoop: true, toolDepth: 3, turns: 1 });
    expect(featuresOf('go')).toMatchObject({ isToolLoop: false, toolDepth: 0, turns: 1 });
  });

  it('finds pictures inside tool results, and files of an account', () => {
    const image: Block = { type: 'image', source: { type: 'file', fileId: 'file-1' } };
    const turns = [
      { role: 'user', blocks: [{ type: 'tool-result', callId: 'a', blocks: [image], isError: false }] },
    ] as const;

    expect(featuresOf('', { turns })).toMatchObject({ images: 1, hasFileIds: true });
  });

  it.each([
    ['required', { type: 'required' }, true],
    ['named', { type: 'named', name: 'a' }, true],
    ['a subset that may be left alone', { type: 'subset', names: ['a'], isRequired: false }, false],
    ['auto', { type: 'auto' }, false],
  ] as const)('knows whether a tool is forced: %s', (_, toolChoice, isToolForced) => {
    expect(featuresOf('x', { toolChoice }).isToolForced).toBe(isToolForced);
  });

  it.each([
    ['Guten Tag, wie geht es dir?', 'latin'],
    ['Привет, как дела?', 'cyrillic'],
    ['请用 Python 写一个函数', 'han'],
    ['これはペンです', 'kana'],
    ['안녕하세요', 'hangul'],
    ['ما هو جدول التجزئة', 'arabic'],
    ['यह क्या है', 'devanagari'],
    ['Τι είναι αυτό', 'greek'],
    ['מה זה', 'hebrew'],
    ['นี่คืออะไร', 'thai'],
    ['12 + 30', 'none'],
  ])('tells the script of %s', (ask, script) => {
    expect(featuresOf(ask).script).toBe(script);
  });

  it('tells how much of an ask is code', () => {
    expect(featuresOf('Where shall we eat tonight?').codeShare).toBe(0);
    expect(featuresOf('fix\n```js\nconst a = 1;\nconst b = 2;\n```').codeShare).toBeGreaterThan(0.8);
    expect(featuresOf('def f(x):\n    return x == 1\n\nif (a) {\n  b();\n}').hasCode).toBe(true);
  });

  it('counts questions and numbered jobs', () => {
    expect(featuresOf('What is it? And why?').askCount).toBe(2);
    expect(featuresOf('Do this:\n1. one\n2. two\n3. three').askCount).toBe(3);
    expect(featuresOf('go').askCount).toBe(1);
  });

  it('reads the wish for reasoning', () => {
    expect(featuresOf('x').wantsReasoning).toBe(false);
    expect(featuresOf('x', { reasoning: { effort: 'low' } }).wantsReasoning).toBe(false);
    expect(featuresOf('x', { reasoning: { effort: 'high' } }).wantsReasoning).toBe(true);
    expect(featuresOf('x', { reasoning: { mode: 'off', effort: 'high' } }).wantsReasoning).toBe(false);
    expect(featuresOf('x', { reasoning: { mode: 'on', budgetTokens: 4_000 } }).wantsReasoning).toBe(true);
  });

  it('is pure and whole for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (ask) => {
        const first = describeRequest(requestOf(ask), ask.length);

        expect(describeRequest(requestOf(ask), ask.length)).toEqual(first);
        expect(
          Object.values(first.features).every((value) => value !== undefined && !Number.isNaN(value)),
        ).toBe(true);
        expect(first.features.codeShare).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });

  it('sees nothing of instructions and tools in the task', () => {
    const prompt = 'You are an expert software architect. Prove, audit, debug and refactor. '.repeat(300);
    const agent = {
      system: [{ type: 'text', text: prompt }] as const,
      tools: Array.from({ length: 32 }, (_, index) => tool(index)),
    };

    expect(featuresOf('hi', agent).task).toBe('smalltalk');
    expect(featuresOf('Fix the indentation in this file', agent).task).toBe('formatting');
  });
});
