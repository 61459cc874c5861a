import type { JsonObject } from '../core/json.ts';
import type { Wire } from './simulated-model.ts';

/** Something to send, as a driver of workloads has it. */
export interface SimulatedPrompt {
  readonly id: string;
  readonly system: string;
  /** Alternating, beginning and ending with the user. */
  readonly messages: readonly PromptMessage[];
  readonly tools: readonly PromptTool[];
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface PromptTool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

/** More than any simulated answer needs. */
const plentyTokens = 8192;

/** The body by which users of a vendor's SDK send it, but for `model` and `stream`. */
export const requestBody = (prompt: SimulatedPrompt, wire: Wire): JsonObject => writers[wire](prompt);

const writers: Readonly<Record<Wire, (prompt: SimulatedPrompt) => JsonObject>> = {
  'openai-chat': ({ system, messages, tools }) => ({
    messages: system ? [{ role: 'system', content: system }, ...said(messages)] : said(messages),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema },
      })),
    }),
  }),
  'openai-responses': ({ system, messages, tools }) => ({
    ...(system && { instructions: system }),
    input: said(messages),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: schema,
        strict: false,
      })),
    }),
  }),
  'anthropic-messages': ({ system, messages, tools }) => ({
    max_tokens: plentyTokens,
    ...(system && { system }),
    messages: said(messages),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    }),
  }),
  gemini: ({ system, messages, tools }) => ({
    ...(system && { systemInstruction: { parts: [{ text: system }] } }),
    contents: messages.map(({ role, text }) => ({
      role: role === 'user' ? 'user' : 'model',
      parts: [{ text }],
    })),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, schema }) => ({
            name,
            description,
            parametersJsonSchema: schema,
          })),
        },
      ],
    }),
  }),
};

const said = (messages: readonly PromptMessage[]): readonly JsonObject[] =>
  messages.map(({ role, text }) => ({ role, content: text }));

/** What the prompt asks for, the newest words in it. */
export const askOf = ({ messages }: SimulatedPrompt): string => messages.at(-1)?.text ?? '';
