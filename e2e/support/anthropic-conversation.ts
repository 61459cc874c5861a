import Anthropic from '@anthropic-ai/sdk';
import type { Conversation, ConversationOptions, Told } from './conversation.ts';

export const anthropicClient = (baseUrl: string, apiKey = 'any'): Anthropic =>
  new Anthropic({ baseURL: baseUrl, apiKey, maxRetries: 0 });

export const anthropicConversation = ({
  baseUrl,
  model,
  isStream,
  tools,
  schema,
}: ConversationOptions): Conversation => {
  const client = anthropicClient(baseUrl);
  const messages: Anthropic.MessageParam[] = [];
  const asked = {
    model,
    messages,
    max_tokens: 2000,
    ...(tools && {
      tools: tools.map(({ name, description, schema: input }) => ({
        ...{ name, description },
        input_schema: { ...input },
      })),
    }),
    ...(schema && { output_config: { format: { type: 'json_schema' as const, schema: { ...schema } } } }),
  };

  const ask = async (): Promise<Told> => {
    const { message, headers } = await (isStream ? streamed() : whole());
    const { content, stop_reason: reason, usage } = message;
    messages.push({ role: 'assistant', content });
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: content.flatMap((block) =>
        block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
      ),
      ended: reason === 'end_turn' ? 'stop' : reason === 'tool_use' ? 'tools' : 'other',
      model: message.model,
      promptTokens:
        usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      answerTokens: usage.output_tokens,
      headers,
    };
  };
  const whole = async () => {
    const { data, response } = await client.messages.create(asked).withResponse();
    return { message: data, headers: response.headers };
  };
  const streamed = async () => {
    const { data, response } = await client.messages.stream(asked).withResponse();
    return { message: await data.finalMessage(), headers: response.headers };
  };

  return {
    say: (text, picture) => {
      messages.push({
        role: 'user',
        content: picture
          ? [
              { type: 'text', text },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
            ]
          : text,
      });
      return ask();
    },
    bring: (results) => {
      const last = messages.at(-1)?.content;
      const ids = Array.isArray(last)
        ? last.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))
        : [];
      messages.push({
        role: 'user',
        content: results.map((content, at) => ({
          ...{ type: 'tool_result' as const, content },
          tool_use_id: ids[at] ?? '',
        })),
      });
      return ask();
    },
  };
};
