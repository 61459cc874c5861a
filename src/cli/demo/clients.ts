import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { requestBody, type SimulatedPrompt } from '../../simulator/simulated-prompt.ts';

/** What a vendor's SDK made of one answer. */
export interface Heard {
  readonly exchange: string;
  readonly text: string;
}

export interface Client {
  readonly name: 'openai' | 'anthropic';
  readonly isStream: boolean;
  ask(prompt: SimulatedPrompt, signal: AbortSignal): Promise<Heard>;
}

export interface ClientParts {
  /** Of the gateway: "http://127.0.0.1:4100". */
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
  /** Every prompt is a conversation of its own, by this name and a number: to find this run in the ledger again. */
  readonly run: string;
}

/** Both vendors' SDKs, each streaming and not: used in turn. Nothing is retried, so that every call counts once. */
export const sdkClients = ({ url, key = 'demo', model, run }: ClientParts): readonly Client[] => {
  const settings = {
    apiKey: key,
    maxRetries: 0,
    timeout: 120_000,
  };
  const openai = new OpenAI({ ...settings, baseURL: `${url}/v1` });
  const anthropic = new Anthropic({ ...settings, baseURL: url });
  let count = 0;
  const sending = (signal: AbortSignal): Sending => {
    count += 1;
    return { signal, headers: { 'x-tierwise-session': `${run}-${count}` } };
  };
  return [
    {
      name: 'openai',
      isStream: false,
      ask: (prompt, signal) => askOpenai(openai, model, prompt, sending(signal)),
    },
    {
      name: 'anthropic',
      isStream: true,
      ask: (prompt, signal) => streamAnthropic(anthropic, model, prompt, sending(signal)),
    },
    {
      name: 'openai',
      isStream: true,
      ask: (prompt, signal) => streamOpenai(openai, model, prompt, sending(signal)),
    },
    {
      name: 'anthropic',
      isStream: false,
      ask: (prompt, signal) => askAnthropic(anthropic, model, prompt, sending(signal)),
    },
  ];
};

interface Sending {
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

type OpenaiBody = Pick<OpenAI.ChatCompletionCreateParams, 'messages' | 'tools'>;
type AnthropicBody = Pick<Anthropic.MessageCreateParams, 'messages' | 'tools' | 'system' | 'max_tokens'>;

const askOpenai = async (
  client: OpenAI,
  model: string,
  prompt: SimulatedPrompt,
  sending: Sending,
): Promise<Heard> => {
  const body = requestBody(prompt, 'openai-chat') as unknown as OpenaiBody;
  const { data, response } = await client.chat.completions
    .create({ ...body, model, stream: false }, sending)
    .withResponse();
  return { exchange: exchangeOf(response), text: data.choices[0]?.message.content ?? '' };
};

const streamOpenai = async (
  client: OpenAI,
  model: string,
  prompt: SimulatedPrompt,
  sending: Sending,
): Promise<Heard> => {
  const body = requestBody(prompt, 'openai-chat') as unknown as OpenaiBody;
  const { data, response } = await client.chat.completions
    .create({ ...body, model, stream: true }, sending)
    .withResponse();
  let text = '';
  for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
  return { exchange: exchangeOf(response), text };
};

const askAnthropic = async (
  client: Anthropic,
  model: string,
  prompt: SimulatedPrompt,
  sending: Sending,
): Promise<Heard> => {
  const body = requestBody(prompt, 'anthropic-messages') as unknown as AnthropicBody;
  const { data, response } = await client.messages
    .create({ ...body, model, stream: false }, sending)
    .withResponse();
  return {
    exchange: exchangeOf(response),
    text: data.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  };
};

const streamAnthropic = async (
  client: Anthropic,
  model: string,
  prompt: SimulatedPrompt,
  sending: Sending,
): Promise<Heard> => {
  const body = requestBody(prompt, 'anthropic-messages') as unknown as AnthropicBody;
  const { data, response } = await client.messages
    .create({ ...body, model, stream: true }, sending)
    .withResponse();
  let text = '';
  for await (const event of data)
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
  return { exchange: exchangeOf(response), text };
};

const exchangeOf = (response: Response): string => response.headers.get('x-tierwise-exchange') ?? '';
