import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, OpaqueReasoning, ReasoningOwner } from '../core/chat.ts';
import type { Capabilities, DialectName, ModelId } from '../core/model.ts';
import { readPins, readThoughts } from './history.ts';
import { type Candidate, cutFor, stayOf } from './portability.ts';
import { requestOf, capabilities as sample } from './sample.cases.ts';
import type { SessionState } from './session-memory.ts';
import { stripReasoning } from './strip.ts';

const adaptive: Capabilities['reasoning'] = {
  type: 'adaptive',
  efforts: ['low', 'high'],
  canTurnOff: true,
  takesBudget: false,
};
const budget: Capabilities['reasoning'] = { type: 'budget', minTokens: 1024, maxTokens: 64_000 };

const kinds: Readonly<Record<string, Partial<Capabilities>>> = {
  'claude-opus-5': { reasoning: adaptive },
  'claude-sonnet-5-5': { reasoning: adaptive },
  'claude-opus-5-5': { reasoning: adaptive, boundReasoning: true },
  'claude-fable-5-2': { reasoning: adaptive, boundReasoning: true },
  'claude-haiku-4-5': { reasoning: budget },
  'us.anthropic.claude-haiku-4-5-20251001-v1:0': { reasoning: budget },
};

const capabilitiesOf = ({ model }: ReasoningOwner): Capabilities | undefined =>
  model in kinds ? sample(kinds[model]) : undefined;

const dialects: Readonly<Record<string, DialectName>> = {
  anthropic: 'anthropic-messages',
  bedrock: 'anthropic-messages',
  openai: 'openai-responses',
  azure: 'openai-responses',
  google: 'gemini',
  groq: 'openai-chat',
};

/** "provider/model". */
const ownerAt = (name: string): ReasoningOwner => {
  const [provider = '', model = ''] = name.split('/');
  return { provider, model };
};

const candidateAt = (name: string, isNamed = false): Candidate => {
  const owner = ownerAt(name);
  const dialect = dialects[owner.provider] ?? 'openai-chat';
  return { ...owner, dialect, capabilities: sample(kinds[owner.model]), isNamed };
};

const thoughtOf = (data: string, maker: string | undefined): OpaqueReasoning => {
  const owner = maker === undefined ? undefined : ownerAt(maker);
  const said = { data, ...(owner && { owner }) };
  switch (owner?.provider) {
    case 'openai':
    case 'azure':
      return { vendor: 'openai', kind: 'encrypted', ...said };
    case 'google':
      return { vendor: 'google', kind: 'thought-signature', ...said };
    default:
      return { vendor: 'anthropic', kind: 'signature', ...said };
  }
};

/** A conversation of thoughts, each by a maker ("a" by the first, "b" by the second …). */
const conversation = (...makers: (string | undefined)[]): ChatRequest =>
  requestOf(
    makers.flatMap((maker, at) => [
      { role: 'user', blocks: [{ type: 'text', text: `Question ${at}` }] },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: 'Hm', opaque: thoughtOf(String.fromCharCode(97 + at), maker) },
          { type: 'text', text: `Answer ${at}` },
        ],
      },
    ]),
  );

const cutOf = (request: ChatRequest, candidate: Candidate): string => {
  const cut = cutFor(
    readThoughts(request, () => undefined),
    candidate,
    capabilitiesOf,
  );
  return [...cut].join('') || 'native';
};

describe('reasoning on its way to a model', () => {
  it.each([
    ['its own maker', ['anthropic/claude-opus-5'], 'anthropic/claude-opus-5', 'native'],
    ['another cloud with the same model', ['anthropic/claude-opus-5'], 'bedrock/claude-opus-5', 'native'],
    [
      'an older Claude on another cloud, from itself',
      ['anthropic/claude-haiku-4-5'],
      'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'native',
    ],
    ['a newer Claude from a newer', ['anthropic/claude-opus-5'], 'anthropic/claude-sonnet-5-5', 'native'],
    ['an older Claude', ['anthropic/claude-opus-5'], 'anthropic/claude-haiku-4-5', 'a'],
    ['a newer Claude from an older', ['anthropic/claude-haiku-4-5'], 'anthropic/claude-opus-5', 'a'],
    ['a bound Claude from another', ['anthropic/claude-opus-5'], 'anthropic/claude-opus-5-5', 'a'],
    ['another Claude from a bound one', ['anthropic/claude-opus-5-5'], 'anthropic/claude-opus-5', 'a'],
    [
      'the same bound Claude on another account',
      ['anthropic/claude-opus-5-5'],
      'bedrock/claude-opus-5-5',
      'a',
    ],
    ['a Claude that is no longer configured', ['anthropic/claude-gone'], 'anthropic/claude-opus-5', 'a'],
    ['a Claude from somebody on its wire', ['deepseek/deepseek-v4'], 'anthropic/claude-opus-5', 'a'],
    ['the same generation of GPT', ['openai/gpt-5.6-sol'], 'openai/gpt-5.6-luna-2026-07-01', 'native'],
    ['another generation of GPT', ['openai/gpt-5.6-sol'], 'openai/gpt-6-sol', 'a'],
    ['the same GPT on another account', ['openai/gpt-6-sol'], 'azure/gpt-6-sol', 'a'],
    ['another Gemini', ['google/gemini-3-pro'], 'google/gemini-4-argon', 'a'],
    ['another vendor', ['openai/gpt-6-sol', 'google/gemini-3-pro'], 'anthropic/claude-opus-5', 'ab'],
    ['a vendor with no place for any', ['anthropic/claude-opus-5'], 'groq/qwen', 'a'],
    [
      'its maker after two others',
      ['anthropic/claude-opus-5-5', 'openai/gpt-6-sol', 'google/gemini-3-pro'],
      'anthropic/claude-opus-5-5',
      'bc',
    ],
  ])('is judged for %s', (_about, makers, target, expected) => {
    expect(cutOf(conversation(...makers), candidateAt(target))).toBe(expected);
  });

  it('of unknown origin is the vendor’s to judge, but for bound models', () => {
    const unknown = conversation(undefined);

    expect(cutOf(unknown, candidateAt('anthropic/claude-opus-5'))).toBe('native');
    expect(cutOf(unknown, candidateAt('openai/gpt-6-sol'))).toBe('a');
    expect(cutOf(unknown, candidateAt('anthropic/claude-opus-5-5'))).toBe('a');
    expect(cutOf(unknown, candidateAt('anthropic/claude-opus-5-5', true))).toBe('native');
  });

  it('goes back to a bound maker whole or not at all', () => {
    const mixed = conversation('anthropic/claude-opus-5-5', undefined, 'anthropic/claude-opus-5-5');

    expect([...cutOf(mixed, candidateAt('anthropic/claude-opus-5-5'))].sort().join('')).toBe('abc');
  });

  it('has its maker looked up where the caller’s dialect does not name it', () => {
    const thoughts = readThoughts(conversation(undefined), (data) =>
      data === 'a' ? ownerAt('anthropic/claude-haiku-4-5') : undefined,
    );

    expect(cutFor(thoughts, candidateAt('anthropic/claude-opus-5'), capabilitiesOf)).toEqual(new Set(['a']));
  });
});

describe('what lies with a provider', () => {
  const session: SessionState = {
    model: 'anthropic/claude-opus-5' as ModelId,
    provider: 'anthropic',
    credential: 'anthropic',
    answers: 1,
    answeredAt: 0,
    isToolLoop: false,
    warmTokens: 0,
    warmUntil: 0,
  };
  const file: Block = { type: 'image', source: { type: 'file', fileId: 'file_1' } };
  const result: Block = { type: 'tool-result', callId: 'c', blocks: [file], isError: false };
  const server: Block = {
    type: 'vendor',
    dialect: 'anthropic-messages',
    kind: 'compaction',
    path: 'messages.1.content.0',
    raw: {},
  };

  it.each([
    ['an uploaded file', requestOf([{ role: 'user', blocks: [file] }])],
    ['a file in a tool’s result', requestOf([{ role: 'user', blocks: [result] }])],
    ['a part of its vendor’s own', requestOf([{ role: 'assistant', blocks: [server] }])],
    ['a container', requestOf([], { extras: { container: 'cntr_1' } })],
    [
      'a kept conversation',
      requestOf([], {
        state: { store: true, conversation: 'conv_1', isBackground: false, hasReferences: false },
      }),
    ],
    ['a reference', requestOf([], { state: { store: true, isBackground: false, hasReferences: true } })],
  ])('keeps the conversation there: %s', (_what, request) => {
    const pins = readPins(request);

    expect(stayOf(pins, 'bedrock', session)).toContain('which only "anthropic" has');
    expect(stayOf(pins, 'anthropic', session)).toBeUndefined();
    expect(stayOf(pins, 'bedrock', undefined)).toBeUndefined();
  });
});

describe('stripping', () => {
  const call: Block = {
    type: 'tool-call',
    id: 'c1',
    name: 'look',
    argumentsText: '{}',
    kind: 'function',
    opaque: thoughtOf('s', 'google/gemini-3-pro'),
  };

  it('takes thoughts as a whole and leaves calls to their results', () => {
    const request = requestOf([
      { role: 'user', blocks: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        blocks: [{ type: 'reasoning', text: 'Hm', opaque: thoughtOf('a', undefined) }, call],
      },
    ]);

    const stripped = stripReasoning(request, new Set(['a', 's']));

    const { opaque: _opaque, ...plain } = call;
    expect(stripped.turns[1]?.blocks).toEqual([plain]);
    expect(stripped.turns[0]).toBe(request.turns[0]);
  });

  it('changes nothing where nothing is to go', () => {
    const request = conversation('openai/gpt-6-sol');

    expect(stripReasoning(request, new Set())).toBe(request);
    expect(stripReasoning(request, new Set(['other'])).turns[1]).toBe(request.turns[1]);
  });
});
