import type { Block, ChatRequest } from '../../core/chat.ts';
import type { Holder } from '../../core/exchange.ts';
import type { Features } from '../../core/features.ts';
import type { Capabilities, DialectName, Model } from '../../core/model.ts';
import type { SessionState } from '../../sessions/session-memory.ts';
import { type ModelTraits, sampleModel } from '../../testing/sample-model.ts';

export interface GateCase {
  readonly about: string;
  readonly request?: Partial<ChatRequest>;
  /** The same without what its vendor runs, where the route leaves that out. */
  readonly withoutHosted?: Partial<ChatRequest>;
  readonly features?: Partial<Features>;
  readonly model?: ModelTraits;
  readonly capabilities?: Partial<Capabilities>;
  /** Dialect of the model's provider. */
  readonly spoken?: DialectName;
  readonly session?: Pick<SessionState, 'provider'>;
  readonly holder?: Pick<Holder, 'provider'>;
  readonly allowedModels?: readonly string[];
  readonly isHealthy?: boolean;
  /** A word of the reason; undefined where the model passes. */
  readonly refused?: string;
}

export const modelFor = ({ model, capabilities }: GateCase): Model =>
  sampleModel('one', { ...model, capabilities });

const native = { spoken: 'openai-chat' } as const;
const foreign = { spoken: 'anthropic-messages' } as const;

const picture: Block = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aa' } };
const ofVendor: Block = { type: 'vendor', dialect: 'openai-chat', kind: 'x', path: 'messages.0', raw: {} };
const pictureInResult = {
  features: { images: 1 },
  request: {
    turns: [
      { role: 'user', blocks: [{ type: 'tool-result', callId: 'c', blocks: [picture], isError: false }] },
    ],
  },
} as const;

/** For every gate: who passes and who does not. A gate without a row fails its test. */
export const gateCases: Readonly<Record<string, readonly GateCase[]>> = {
  allowed: [
    { about: 'a key without a list' },
    { about: 'a name on the list', allowedModels: ['provider/one'] },
    { about: 'a pattern on the list', allowedModels: ['provider/*'] },
    { about: 'a name beside the list', allowedModels: ['other/*'], refused: 'key' },
    { about: 'an empty list', allowedModels: [], refused: 'key' },
  ],
  dialect: [
    { about: 'a provider spoken to on the right protocol', ...native },
    {
      about: 'a model on a protocol its provider is not spoken to on',
      capabilities: { dialects: ['openai-responses'] },
      refused: 'only on the Responses API, and its provider is spoken to on Chat Completions',
    },
    {
      about: 'a model its provider is not spoken to for',
      capabilities: { dialects: ['anthropic-messages'] },
      ...native,
      refused: 'spoken to on Chat Completions',
    },
  ],
  thread: [
    { about: 'a conversation that is sent whole', ...native },
    {
      about: 'a conversation its vendor keeps',
      request: { extras: { thread: { previous_message_id: 'msg_1' } } },
      ...native,
      refused: 'does not have the conversation',
    },
  ],
  continuity: [
    { about: 'a conversation nothing is known of', request: { extras: { container: 'c' } } },
    {
      about: 'a conversation that anybody can go on with',
      session: { provider: 'elsewhere' },
    },
    {
      about: 'a conversation that lies here',
      session: { provider: 'provider' },
      request: { extras: { container: 'c' } },
    },
    {
      about: 'a conversation that lies elsewhere',
      session: { provider: 'elsewhere' },
      request: { extras: { container: 'c' } },
      refused: 'which only "elsewhere" has',
    },
    { about: 'a response that is kept here', holder: { provider: 'provider' } },
    {
      about: 'a response that is kept elsewhere',
      holder: { provider: 'elsewhere' },
      refused: 'goes on from a response that "elsewhere" keeps',
    },
  ],
  tools: [
    { about: 'a request without tools', capabilities: { tools: false } },
    { about: 'tools', features: { hasTools: true } },
    {
      about: 'tools for a model without',
      features: { hasTools: true },
      capabilities: { tools: false },
      refused: 'no tools',
    },
    {
      about: 'tools on a protocol its provider is not spoken to on',
      features: { hasTools: true },
      capabilities: { toolDialects: ['openai-responses'] },
      refused:
        'takes function tools only on the Responses API, and its provider is spoken to on Chat Completions',
    },
    {
      about: 'a forced tool',
      features: { hasTools: true, isToolForced: true },
      capabilities: { forcedTools: false },
      refused: 'demanded',
    },
  ],
  modality: [
    { about: 'pictures it sees', features: { images: 1 }, capabilities: { input: ['text', 'image'] } },
    {
      about: 'pictures it does not see',
      features: { images: 1 },
      capabilities: { input: ['text'] },
      refused: 'pictures',
    },
    {
      about: 'documents',
      features: { documents: 1 },
      capabilities: { input: ['text'] },
      refused: 'documents',
    },
    { about: 'sound', features: { audios: 1 }, capabilities: { input: ['text'] }, refused: 'sound' },
    {
      about: 'a picture in a tool’s result, as it came',
      ...pictureInResult,
      capabilities: { input: ['text', 'image'], toolResultImages: false },
      ...native,
      refused: 'results of tools',
    },
    {
      about: 'a picture in a tool’s result, which a translation puts beside it',
      ...pictureInResult,
      capabilities: { input: ['text', 'image'], toolResultImages: false },
      ...foreign,
    },
  ],
  schema: [
    { about: 'a schema it holds to', features: { structured: 'schema' } },
    {
      about: 'JSON by a model that knows JSON',
      features: { structured: 'json' },
      capabilities: { structuredOutput: 'json' },
    },
    {
      about: 'a schema by a model that knows JSON only',
      features: { structured: 'schema' },
      capabilities: { structuredOutput: 'json' },
      refused: 'schema',
    },
    {
      about: 'JSON by a model that knows none',
      features: { structured: 'json' },
      capabilities: { structuredOutput: 'none' },
      refused: 'JSON',
    },
    {
      about: 'a schema beside tools',
      features: { structured: 'schema', hasTools: true },
      capabilities: { schemaWithTools: false },
      refused: 'while there are tools',
    },
    {
      about: 'JSON beside tools, as it came',
      features: { structured: 'json', hasTools: true },
      capabilities: { schemaWithTools: false },
      ...native,
      refused: 'while there are tools',
    },
    {
      about: 'JSON beside tools, asked for in words',
      features: { structured: 'json', hasTools: true },
      capabilities: { schemaWithTools: false },
      ...foreign,
    },
  ],
  prefill: [
    {
      about: 'a last assistant turn, on Chat as it came',
      features: { hasPrefill: true },
      capabilities: { prefill: false },
      ...native,
    },
    {
      about: 'a last assistant turn, translated',
      features: { hasPrefill: true },
      capabilities: { prefill: false },
      ...foreign,
      refused: 'assistant turn',
    },
    {
      about: 'a last assistant turn on Messages as it came',
      features: { hasPrefill: true },
      request: { dialect: 'anthropic-messages' },
      capabilities: { prefill: false },
      ...foreign,
      refused: 'assistant turn',
    },
    {
      about: 'a last model turn on Gemini as it came',
      features: { hasPrefill: true },
      request: { dialect: 'gemini' },
      capabilities: { prefill: false, dialects: ['gemini'] },
      spoken: 'gemini',
    },
    { about: 'a last assistant turn for a model that goes on', features: { hasPrefill: true }, ...foreign },
    {
      about: 'a last assistant turn from one OpenAI dialect to the other',
      features: { hasPrefill: true },
      request: { dialect: 'openai-responses' },
      capabilities: { prefill: false },
      ...native,
    },
  ],
  stop: [
    { about: 'stop sequences', request: { stop: ['END'] } },
    {
      about: 'stop sequences it refuses',
      request: { stop: ['END'] },
      capabilities: { stop: false },
      refused: 'stop',
    },
    {
      about: 'stop sequences it refuses, where the gateway cuts its answers',
      request: { stop: ['END'] },
      capabilities: { stop: false },
      ...foreign,
    },
  ],
  'native-only': [
    {
      about: 'all of it on the same protocol',
      features: { hasHostedTools: true, hasFileIds: true },
      request: { choices: 3 },
      ...native,
    },
    { about: 'a plain request, translated', ...foreign },
    { about: 'tools of a vendor', features: { hasHostedTools: true }, ...foreign, refused: 'vendor' },
    {
      about: 'tools of a vendor that are left out',
      features: { hasHostedTools: true },
      withoutHosted: {},
      ...foreign,
    },
    {
      about: 'what such a tool gave, though the tool is left out',
      features: { hasHostedTools: true },
      withoutHosted: { turns: [{ role: 'assistant', blocks: [ofVendor] }] },
      ...foreign,
      refused: 'only openai-chat knows',
    },
    { about: 'file ids', features: { hasFileIds: true }, ...foreign, refused: 'file ids' },
    {
      about: 'an answer to be fetched later',
      request: { state: { store: true, isBackground: true, hasReferences: false } },
      ...foreign,
      refused: 'fetched later',
    },
    {
      about: 'a message that is only named',
      request: { state: { store: true, isBackground: false, hasReferences: true } },
      ...foreign,
      refused: 'kept by its own vendor',
    },
    { about: 'several answers', request: { choices: 2 }, ...foreign, refused: 'one answer' },
    { about: 'probabilities', request: { logprobs: { top: 3 } }, ...foreign, refused: 'probabilities' },
    {
      about: 'a spoken answer',
      request: { extras: { modalities: ['text', 'audio'] } },
      ...foreign,
      refused: 'spoken',
    },
    {
      about: 'a prompt whose beginning lies with its vendor',
      request: { extras: { cachedContent: 'cachedContents/x' } },
      ...foreign,
      refused: 'cachedContent',
    },
    { about: 'text asked for in so many words', request: { extras: { modalities: ['text'] } }, ...foreign },
    {
      about: 'a part only one vendor knows',
      request: {
        turns: [{ role: 'user', blocks: [ofVendor] }],
      },
      ...foreign,
      refused: 'only openai-chat knows',
    },
  ],
  context: [
    { about: 'a prompt that fits', features: { promptTokens: 90_000 }, model: { contextTokens: 128_000 } },
    {
      about: 'a prompt that does not',
      features: { promptTokens: 130_000 },
      model: { contextTokens: 128_000 },
      refused: 'tokens',
    },
    {
      about: 'a prompt that fits by less than the estimate errs',
      features: { promptTokens: 125_000 },
      model: { contextTokens: 128_000 },
      refused: 'tokens',
    },
  ],
  'answer-length': [
    {
      about: 'an answer within its limit',
      features: { maxOutputTokens: 4_000 },
      model: { maxOutputTokens: 8_000 },
    },
    {
      about: 'an answer beyond it',
      features: { maxOutputTokens: 9_000 },
      model: { maxOutputTokens: 8_000 },
      refused: 'answer',
    },
    {
      about: 'a limit that agents take from a larger model',
      features: { maxOutputTokens: 128_000 },
      model: { maxOutputTokens: 16_384 },
    },
    {
      about: 'a limit far beyond what a small model gives',
      features: { maxOutputTokens: 128_000 },
      model: { maxOutputTokens: 4_096 },
      refused: 'answer',
    },
    {
      about: 'an answer nobody bounded',
      features: { maxOutputTokens: null },
      model: { maxOutputTokens: 8_000 },
    },
  ],
  health: [
    { about: 'a model that answers', isHealthy: true },
    { about: 'a model that failed just now', isHealthy: false, refused: 'failed' },
  ],
};
