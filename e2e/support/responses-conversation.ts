import type OpenAI from 'openai';
import { type Conversation, type ConversationOptions, partsOf, type Told } from './conversation.ts';
import { openaiClient } from './openai-conversation.ts';

/** Nothing is kept by the vendor: reasoning comes sealed, and goes back with everything else. */
export const responsesConversation = ({
  baseUrl,
  model,
  isStream,
  tools,
  schema,
  instructions,
  thinks,
}: ConversationOptions): Conversation => {
  const client = openaiClient(baseUrl);
  const input: OpenAI.Responses.ResponseInputItem[] = [];
  let calls: readonly OpenAI.Responses.ResponseFunctionToolCall[] = [];
  const asked = {
    ...{ model, input, store: false },
    ...(instructions && { instructions }),
    ...(thinks && {
      reasoning: { effort: 'high' as const, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    }),
    ...(tools && {
      tools: tools.map(({ schema: parameters, ...named }) => ({
        ...{ type: 'function' as const, ...named, strict: false },
        parameters: { ...parameters },
      })),
    }),
    ...(schema && {
      text: {
        format: { type: 'json_schema' as const, name: 'answer', strict: true, schema: { ...schema } },
      },
    }),
  };

  const ask = async (): Promise<Told> => {
    const { answer, headers } = await (isStream ? streamed() : whole());
    const { output, usage, status, incomplete_details: incomplete, error } = answer;
    if (error) throw new Error(error.message);
    input.push(...output.map(asBrought));
    calls = output.filter((item) => item.type === 'function_call');
    const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
    const isRefused = parts.some(({ type }) => type === 'refusal') || incomplete?.reason === 'content_filter';
    return {
      text: parts.map((part) => (part.type === 'output_text' ? part.text : '')).join(''),
      calls: calls.map((call) => ({ name: call.name, input: JSON.parse(call.arguments) as unknown })),
      ended: isRefused
        ? 'refused'
        : status === 'incomplete'
          ? 'length'
          : status !== 'completed'
            ? 'other'
            : calls.length > 0
              ? 'tools'
              : 'stop',
      model: answer.model,
      promptTokens: usage?.input_tokens ?? -1,
      cachedTokens: usage?.input_tokens_details.cached_tokens ?? 0,
      answerTokens: usage?.output_tokens ?? -1,
      thinkingTokens: usage?.output_tokens_details.reasoning_tokens ?? 0,
      headers,
    };
  };
  const whole = async () => {
    const { data, response } = await client.responses.create(asked).withResponse();
    return { answer: data, headers: response.headers };
  };
  const streamed = async () => {
    const stream = client.responses.stream(asked);
    // the helper does not show what the answer was sent under
    return { answer: await stream.finalResponse(), headers: new Headers() };
  };

  return {
    say: (text, picture) => {
      input.push({
        role: 'user',
        content: [{ type: 'input_text', text }, ...(picture ? [imagePart(picture)] : [])],
      });
      return ask();
    },
    bring: (results) => {
      for (const [at, { text, picture }] of results.map(partsOf).entries())
        input.push({
          type: 'function_call_output',
          call_id: calls[at]?.call_id ?? '',
          output: picture ? [{ type: 'input_text', text }, imagePart(picture)] : text,
        });
      return ask();
    },
  };
};

const imagePart = (picture: string): OpenAI.Responses.ResponseInputImage => ({
  type: 'input_image',
  detail: 'auto',
  image_url: `data:image/png;base64,${picture}`,
});

/** The helper for streams adds what it has parsed, which the vendor does not take back. */
const asBrought = (item: OpenAI.Responses.ResponseOutputItem): OpenAI.Responses.ResponseInputItem =>
  JSON.parse(
    JSON.stringify(item, (key, value) =>
      key === 'parsed' || key === 'parsed_arguments' ? undefined : value,
    ),
  ) as OpenAI.Responses.ResponseInputItem;
