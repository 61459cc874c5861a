import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** What a caller's SDK made of a stream. */
export type Seen = 'error' | 'success' | 'nothing';

export interface SdkCallers {
  openai(model: string): Promise<Seen>;
  anthropic(model: string): Promise<Seen>;
}

const messages = [{ role: 'user' as const, content: 'What is six times seven?' }];

/** The vendors' own SDKs, without retries of theirs. */
export const sdkCallers = (url: string): SdkCallers => {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0, logLevel: 'off' });
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0, logLevel: 'off' });
  return {
    openai: async (model) => {
      try {
        const stream = await openai.chat.completions.create({ model, messages, stream: true });
        let reason: string | null | undefined;
        for await (const chunk of stream) reason = chunk.choices[0]?.finish_reason ?? reason;
        return reason ? 'success' : 'nothing';
      } catch {
        return 'error';
      }
    },
    anthropic: async (model) => {
      try {
        const stream = anthropic.messages.stream({ model, messages, max_tokens: 100 });
        const { stop_reason: reason } = await stream.finalMessage();
        return reason ? 'success' : 'nothing';
      } catch {
        return 'error';
      }
    },
  };
};
