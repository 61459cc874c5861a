import type { JsonObject } from '../core/json.ts';
import { isObject } from '../core/json.ts';
import type { DialectName } from '../core/model.ts';

/** What a request may be made of on the command line. */
export interface Sample {
  readonly model: string;
  readonly prompt: string;
  readonly system: string | undefined;
  readonly tools: number;
  readonly maxTokens: number | undefined;
}

/** The smallest body that says it, in a caller's dialect. */
export const sampleBody = (
  { model, prompt, system, tools, maxTokens }: Sample,
  dialect: DialectName,
): JsonObject => {
  const names = Array.from({ length: tools }, (_, index) => `tool_${index + 1}`);
  const schema = { type: 'object', properties: {} };
  const messages = [{ role: 'user', content: prompt }];
  if (dialect === 'anthropic-messages')
    return {
      model,
      max_tokens: maxTokens ?? 1024,
      ...(system !== undefined && { system }),
      messages,
      ...(tools > 0 && { tools: names.map((name) => ({ name, input_schema: schema })) }),
    };
  if (dialect === 'openai-responses')
    return {
      model,
      ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
      ...(system !== undefined && { instructions: system }),
      input: prompt,
      ...(tools > 0 && { tools: names.map((name) => ({ type: 'function', name, parameters: schema })) }),
    };
  return {
    model,
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...messages],
    ...(tools > 0 && {
      tools: names.map((name) => ({ type: 'function', function: { name, parameters: schema } })),
    }),
  };
};

/** The dialect a body was most likely written in: by what only one of them has. */
export const dialectOf = (body: unknown): DialectName => {
  if (!isObject(body)) return 'openai-chat';
  if (body.messages === undefined && body.input !== undefined) return 'openai-responses';
  const turns = Array.isArray(body.messages) ? body.messages : [];
  const blocks = turns.flatMap((turn) => (isObject(turn) && Array.isArray(turn.content) ? turn.content : []));
  const isAnthropic =
    body.system !== undefined ||
    body.stop_sequences !== undefined ||
    body.thinking !== undefined ||
    (Array.isArray(body.tools) &&
      body.tools.some((tool) => isObject(tool) && tool.input_schema !== undefined)) ||
    blocks.some((block) => isObject(block) && anthropicBlocks.has(String(block.type)));
  return isAnthropic ? 'anthropic-messages' : 'openai-chat';
};

const anthropicBlocks = new Set([
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
  'document',
  'image',
]);
