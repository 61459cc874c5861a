import OpenAI from 'openai';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { type Conversation, type ConversationOptions, partsOf, type Told } from './conversation.ts';

export const openaiClient = (baseUrl: string, apiKey = 'any'): OpenAI =>
  new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0 });

export const openaiConversation = ({
  baseUrl,
  model,
  isStream,
  tools,
  schema,
  instructions,
  thinks,
}: ConversationOptions): Conversation => {
  const client = openaiClient(baseUrl);
  const messages: OpenAI.ChatCompletionMessageParam[] = instructions
    ? [{ role: 'system', content: instructions }]
    : [];
  const asked = {
    model,
    messages,
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters: { ...parameters } },
      })),
    }),
    ...(thinks && { reasoning_effort: 'high' as const }),
    ...(schema && {
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'answer', strict: true, schema: { ...schema } },
      },
    }),
  };

  const ask = async (): Promise<Told> => {
    const { completion, headers } = await (isStream ? streamed() : whole());
    const [choice] = completion.choices;
    if (!choice) throw new Error('the answer has no choice');
    const { message, finish_reason: reason } = choice;
    messages.push(message);
    return {
      text: message.content ?? '',
      calls: (message.tool_calls ?? []).map((call) => {
        if (call.type !== 'function') throw new Error(`a call of type "${call.type}" was not offered`);
        return { name: call.function.name, input: JSON.parse(call.function.arguments) as unknown };
      }),
      ended: message.refusal ? 'refused' : (endings[reason] ?? 'other'),
      model: completion.model,
      promptTokens: completion.usage?.prompt_tokens ?? -1,
      cachedTokens: completion.usage?.prompt_tokens_details?.cached_tokens ?? 0,
      answerTokens: completion.usage?.completion_tokens ?? -1,
      thinkingTokens: completion.usage?.completion_tokens_details?.reasoning_tokens ?? 0,
      headers,
    };
  };
  const whole = async () => {
    const { data, response } = await client.chat.completions.create(asked).withResponse();
    return { completion: data, headers: response.headers };
  };
  const streamed = async () => {
    const { data, response } = await client.chat.completions
      .create({ ...asked, stream: true, stream_options: { include_usage: true } })
      .withResponse();
    const gathered = ChatCompletionStream.fromReadableStream(data.toReadableStream());
    return { completion: await gathered.finalChatCompletion(), headers: response.headers };
  };

  return {
    say: (text, picture) => {
      messages.push({
        role: 'user',
        content: picture ? [{ type: 'text', text }, imagePart(picture)] : text,
      });
      return ask();
    },
    bring: (results) => {
      const last = messages.at(-1);
      const calls = (last?.role === 'assistant' && last.tool_calls) || [];
      const brought = results.map(partsOf);
      for (const [at, { text }] of brought.entries())
        messages.push({ role: 'tool', tool_call_id: calls[at]?.id ?? '', content: text });
      // results are text only here: pictures come behind them
      const pictures = brought.flatMap(({ picture }) => (picture ? [imagePart(picture)] : []));
      if (pictures.length > 0) messages.push({ role: 'user', content: pictures });
      return ask();
    },
  };
};

const endings: Readonly<Record<string, Told['ended']>> = {
  ...{ stop: 'stop', tool_calls: 'tools', length: 'length', content_filter: 'refused' },
};

const imagePart = (picture: string): OpenAI.ChatCompletionContentPartImage => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${picture}` },
});
