import Anthropic from '@anthropic-ai/sdk';
import { type Conversation, type ConversationOptions, partsOf, type Told } from './conversation.ts';

export const anthropicClient = (baseUrl: string, apiKey = 'any'): Anthropic =>
  new Anthropic({ baseURL: baseUrl, apiKey, maxRetries: 0 });

export const anthropicConversation = ({
  baseUrl,
  model,
  isStream,
  tools,
  schema,
  instructions,
  thinks,
}: ConversationOptions): Conversation => {
  const client = anthropicClient(baseUrl);
  const messages: Anthropic.MessageParam[] = [];
  const asked = {
    model,
    messages,
    max_tokens: thinks ? 20_000 : 2000,
    ...(instructions && {
      system: [{ type: 'text' as const, text: instructions, cache_control: { type: 'ephemeral' as const } }],
    }),
    ...(thinks && { thinking: { type: 'adaptive' as const } }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: input }) => ({
        ...{ name, description },
        input_schema: { ...input },
      })),
    }),
    ...((schema || thinks) && {
      output_config: {
        ...(thinks && { effort: 'high' as const }),
        ...(schema && { format: { type: 'json_schema' as const, schema: { ...schema } } }),
      },
    }),
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
      ended: endings[reason ?? ''] ?? 'other',
      model: message.model,
      promptTokens:
        usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      cachedTokens: usage.cache_read_input_tokens ?? 0,
      answerTokens: usage.output_tokens,
      thinkingTokens: usage.output_tokens_details?.thinking_tokens ?? 0,
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
        content: picture ? [{ type: 'text', text }, imageBlock(picture)] : text,
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
        content: results.map(partsOf).map(({ text, picture }, at) => ({
          type: 'tool_result' as const,
          tool_use_id: ids[at] ?? '',
          content: picture ? [{ type: 'text' as const, text }, imageBlock(picture)] : text,
        })),
      });
      return ask();
    },
  };
};

const endings: Readonly<Record<string, Told['ended']>> = {
  ...{ end_turn: 'stop', tool_use: 'tools', max_tokens: 'length', refusal: 'refused' },
};

const imageBlock = (picture: string): Anthropic.ImageBlockParam => ({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: picture },
});
