import { describe, expect, it } from 'vitest';
import type { DialectName } from '../core/model.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { endpointFor, pathFor } from './endpoint-for.ts';
import { openai } from './openai.ts';

const served = (dialects: readonly DialectName[], toolDialects = dialects) =>
  sampleModel('gpt', { capabilities: { dialects, toolDialects } });

const both: readonly DialectName[] = ['openai-chat', 'openai-responses'];

const kind = {
  ...openai,
  endpoints: [
    { dialect: 'openai-chat', chatPath: '/chat/completions' },
    { dialect: 'openai-responses', chatPath: '/responses' },
  ],
} as const;

const spoken = (model: ReturnType<typeof served>, caller: DialectName, hasTools = false) =>
  endpointFor(kind, model, caller, hasTools)?.dialect;

describe('how a model is spoken to', () => {
  it('in the caller’s dialect where there is a choice', () => {
    expect(spoken(served(both), 'openai-chat')).toBe('openai-chat');
    expect(spoken(served(both), 'openai-responses')).toBe('openai-responses');
  });

  it('in the preferred one for a caller of another dialect', () => {
    expect(spoken(served(both), 'anthropic-messages')).toBe('openai-chat');
  });

  it('where its thoughts can be given back to it, for a caller of another dialect', () => {
    const thinking = sampleModel('gpt', {
      capabilities: { dialects: both, toolDialects: both, reasoning: { type: 'effort', efforts: ['low'] } },
    });

    expect(endpointFor(openai, thinking, 'gemini', true)?.dialect).toBe('openai-responses');
    expect(endpointFor(openai, thinking, 'openai-chat', true)?.dialect).toBe('openai-chat');
    expect(endpointFor(openai, served(both), 'gemini', true)?.dialect).toBe('openai-chat');
  });

  it('where it takes the tools that are asked for, whatever the caller speaks', () => {
    const model = served(both, ['openai-responses']);

    expect(spoken(model, 'openai-chat')).toBe('openai-chat');
    expect(spoken(model, 'openai-chat', true)).toBe('openai-responses');
    expect(spoken(model, 'gemini', true)).toBe('openai-responses');
  });

  it('not at all where its provider does not serve it so', () => {
    expect(spoken(served(['gemini']), 'gemini')).toBeUndefined();
  });
});

describe('the path of a call', () => {
  const gemini = {
    dialect: 'gemini',
    chatPath: '/models/{model}:generateContent',
    streamPath: '/models/{model}:streamGenerateContent?alt=sse',
  } as const;

  it('names the model, and the stream where that has a path of its own', () => {
    expect(pathFor(gemini, 'gemini-4', false)).toBe('/models/gemini-4:generateContent');
    expect(pathFor(gemini, 'gemini-4', true)).toBe('/models/gemini-4:streamGenerateContent?alt=sse');
  });

  it.each(['../../admin', 'a?b=c', 'a#b', './x', 'a/../b', '$&', ''])('keeps %j in its place', (name) => {
    const path = pathFor(gemini, name, false);

    expect(new URL(path, 'https://host').pathname.startsWith('/models/')).toBe(true);
    expect(new URL(path, 'https://host').pathname.endsWith(':generateContent')).toBe(true);
    expect(new URL(path, 'https://host').search).toBe('');
  });
});
