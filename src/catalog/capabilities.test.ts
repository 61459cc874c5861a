import { describe, expect, it } from 'vitest';
import type { Capabilities, DialectName } from '../core/model.ts';
import { modelsOf } from './models-of.ts';

const at = (vendor: string, dialect: DialectName) => {
  const models = modelsOf({ name: vendor, catalogue: vendor, dialects: [dialect], custom: {} });
  return (name: string): Capabilities => {
    const found = models.find((model) => model.name === name);
    if (!found) throw new Error(`no model ${name}`);
    return found.capabilities;
  };
};
const openai = at('openai', 'openai-chat');
const anthropic = at('anthropic', 'anthropic-messages');
const custom = (name: string, catalogue: string | undefined, dialect: DialectName): Capabilities => {
  const [model] = modelsOf({
    name: 'own',
    catalogue,
    dialects: [dialect],
    custom: { [name]: { prices: { bands: [] } } },
  }).filter((one) => one.name === name);
  if (!model) throw new Error(`no model ${name}`);
  return model.capabilities;
};

describe('capabilities of GPT models', () => {
  it.each(['gpt-5.4', 'gpt-5.4-mini', 'gpt-5.5', 'gpt-5.6', 'gpt-5.6-terra', 'gpt-5.6-luna'])(
    '%s answers on Chat but takes tools on Responses only',
    (name) => {
      expect(openai(name).dialects).toEqual(['openai-chat', 'openai-responses']);
      expect(openai(name).toolDialects).toEqual(['openai-responses']);
    },
  );

  it.each(['gpt-6-sol', 'gpt-6-luna', 'gpt-6-astra', 'gpt-6.1-terra', 'gpt-5', 'gpt-4o', 'o3'])(
    '%s takes tools on both',
    (name) => {
      expect(openai(name).toolDialects).toEqual(['openai-chat', 'openai-responses']);
    },
  );

  it.each(['gpt-5-pro', 'gpt-5.4-pro', 'gpt-5.3-codex', 'o3-pro'])('%s is on Responses only', (name) => {
    expect(openai(name).dialects).toEqual(['openai-responses']);
  });

  it('says how each may be told to reason', () => {
    expect(openai('gpt-4o').reasoning).toEqual({ type: 'none' });
    expect(openai('gpt-5').reasoning).toEqual({
      type: 'effort',
      efforts: ['minimal', 'low', 'medium', 'high'],
    });
    expect(openai('gpt-5.1').reasoning).toEqual({
      type: 'effort',
      efforts: ['none', 'low', 'medium', 'high'],
    });
    expect(openai('gpt-5-pro').reasoning).toEqual({ type: 'effort', efforts: ['high'] });
    expect(openai('gpt-6-astra').reasoning).toEqual({
      type: 'effort',
      efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
    });
  });

  it('knows which take a temperature, and how instructions and limits are named', () => {
    expect(openai('gpt-4o')).toMatchObject({ sampling: 'yes', systemRole: 'system', stop: true });
    expect(openai('gpt-5')).toMatchObject({ sampling: 'no', systemRole: 'developer', stop: false });
    expect(openai('gpt-6-sol')).toMatchObject({ sampling: 'when-not-reasoning', systemRole: 'developer' });
    expect(openai('gpt-6-astra').sampling).toBe('no');
    expect(openai('gpt-4o').maxTokensField).toBe('max_completion_tokens');
  });
});

describe('capabilities of Claude models', () => {
  it.each(['claude-sonnet-5-5', 'claude-opus-5-5', 'claude-fable-5-1'])(
    '%s cannot be made to call a tool',
    (name) => {
      expect(anthropic(name)).toMatchObject({ tools: true, forcedTools: false });
    },
  );

  it.each(['claude-haiku-5-5', 'claude-opus-5', 'claude-fable-5', 'claude-sonnet-5', 'claude-haiku-4-5'])(
    '%s can be made to call a tool',
    (name) => {
      expect(anthropic(name).forcedTools).toBe(true);
    },
  );

  it.each([
    ['claude-sonnet-5-5', false],
    ['claude-opus-5-5', false],
    ['claude-fable-5', false],
    ['claude-haiku-5-5', true],
    ['claude-opus-5', true],
    ['claude-sonnet-5', true],
    ['claude-opus-4-7', true],
  ])('%s thinks adaptively; may be switched off: %s', (name, canTurnOff) => {
    expect(anthropic(name).reasoning).toMatchObject({ type: 'adaptive', canTurnOff, takesBudget: false });
    expect(anthropic(name).sampling).toBe('no');
  });

  it('knows budgets, prefills and temperatures of the older ones', () => {
    expect(anthropic('claude-opus-4-6')).toMatchObject({
      reasoning: { type: 'adaptive', takesBudget: true, efforts: ['low', 'medium', 'high', 'max'] },
      sampling: 'yes',
      prefill: false,
    });
    expect(anthropic('claude-haiku-4-5')).toMatchObject({
      reasoning: { type: 'budget', minTokens: 1024 },
      sampling: 'yes',
      prefill: true,
    });
  });

  it('accepts instructions in the middle only on the newest', () => {
    expect(anthropic('claude-opus-5-5').midSystem).toBe(true);
    expect(anthropic('claude-sonnet-5').midSystem).toBe(false);
    expect(anthropic('claude-haiku-4-5').midSystem).toBe(false);
  });
});

describe('capabilities of Gemini models', () => {
  const google = at('google', 'gemini');

  it('knows budgets of 2.5 and levels of 3 and later, as WIRE 13.3 has them', () => {
    expect(google('gemini-2.5-flash').reasoning).toEqual({ type: 'budget', minTokens: 0, maxTokens: 24_576 });
    expect(google('gemini-3.1-pro-preview').reasoning).toEqual({
      type: 'effort',
      efforts: ['low', 'medium', 'high'],
    });
    expect(google('gemini-3.6-flash').reasoning).toMatchObject({
      efforts: ['minimal', 'low', 'medium', 'high'],
    });
    expect(custom('gemini-4-hydrogen', 'google', 'gemini').reasoning).toMatchObject({
      efforts: ['low', 'medium', 'high', 'xhigh'],
    });
  });

  it.each([
    ['gemini-2.5-pro', false],
    ['gemini-2.5-flash-lite', false],
    ['gemini-3.1-pro-preview', true],
    ['gemini-3.8-flash', true],
  ])('%s answers by a schema beside tools and takes pictures in results: %s', (name, isNew) => {
    expect(google(name)).toMatchObject({
      schemaWithTools: isNew,
      toolResultImages: isNew,
      hasSystemPrompt: true,
      fetchesImages: false,
    });
  });

  it('takes Gemma for a model without a place for instructions', () => {
    expect(custom('gemma-4-31b-it', 'google', 'gemini')).toMatchObject({
      hasSystemPrompt: false,
      structuredOutput: 'json',
    });
  });
});

describe('what is bound and what is seen', () => {
  it.each([
    ['claude-opus-5-5', true],
    ['claude-fable-5-1', true],
    ['claude-fable-5', false],
    ['claude-sonnet-5-5', false],
    ['claude-haiku-5-5', false],
    ['claude-opus-5', false],
    ['claude-opus-4-7', false],
  ])('the reasoning of %s is bound to the words before it: %s', (name, isBound) => {
    expect(anthropic(name).boundReasoning).toBe(isBound);
  });

  it('shows tools’ pictures on every protocol but Chat', () => {
    expect(openai('gpt-5').toolResultImages).toBe(false);
    expect(at('openai', 'openai-responses')('gpt-5').toolResultImages).toBe(true);
    expect(anthropic('claude-opus-5').toolResultImages).toBe(true);
  });
});

describe('capabilities of what is not known', () => {
  it('takes a new model of a vendor for its newest', () => {
    expect(custom('claude-opus-7', 'anthropic', 'anthropic-messages')).toMatchObject({
      reasoning: { type: 'adaptive', canTurnOff: false },
      forcedTools: false,
      sampling: 'no',
      prefill: false,
    });
    expect(custom('gpt-7', 'openai', 'openai-chat')).toMatchObject({
      reasoning: { type: 'effort' },
      toolDialects: ['openai-chat', 'openai-responses'],
    });
    expect(custom('gemini-5-pro', 'google', 'gemini').reasoning).toEqual({
      type: 'effort',
      efforts: ['low', 'medium', 'high'],
    });
  });

  it('takes no more for granted elsewhere than text and tools', () => {
    expect(custom('claude-like', undefined, 'openai-chat')).toMatchObject({
      input: ['text'],
      tools: true,
      reasoning: { type: 'none' },
      structuredOutput: 'json',
      systemRole: 'system',
      dialects: ['openai-chat'],
    });
  });
});

describe('capabilities at a host', () => {
  const openrouter = at('openrouter', 'openai-chat');

  it('are those of the host for fields and dialects, those of the maker for what the model refuses', () => {
    expect(openrouter('openai/gpt-5.4')).toMatchObject({
      toolDialects: ['openai-chat'],
      systemRole: 'system',
      maxTokensField: 'max_tokens',
    });
    expect(openrouter('anthropic/claude-opus-5.5').forcedTools).toBe(false);
  });

  it('tell budgets of Gemini only where Gemini is spoken', () => {
    expect(at('google', 'gemini')('gemini-2.5-pro').reasoning).toEqual({
      type: 'budget',
      minTokens: 128,
      maxTokens: 32_768,
    });
    expect(at('google', 'openai-chat')('gemini-2.5-pro')).toMatchObject({
      reasoning: { type: 'effort' },
      dialects: ['openai-chat'],
    });
  });
});
