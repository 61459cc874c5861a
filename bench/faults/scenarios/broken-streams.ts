import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { settledOf } from '../invariants.ts';
import { eachOf, upTo } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { chat, messages, startStream } from '../scripts.ts';
import { provider } from '../stage.ts';

const words = upTo(20);

/** Half an answer, and then the connection goes. */
const breaks =
  (begin: string, word: string, how: 'reset' | 'fin'): Script =>
  async (exchange) => {
    const { response, call } = exchange;
    startStream(exchange);
    response.write(begin);
    for (const _ of words.slice(0, 10)) {
      response.write(word);
      call.generated += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (how === 'fin') response.end();
    else response.socket?.resetAndDestroy();
  };

/** What a caller's SDK made of it. */
type Seen = 'error' | 'success' | 'nothing';

export const cutStreams = defineScenario({
  id: 'A4',
  title: 'reset or end in the middle of a stream',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({
      chatReset: breaks(chat.begin, chat.word('word '), 'reset'),
      chatFin: breaks(chat.begin, chat.word('word '), 'fin'),
      chatFinished: async (exchange) => {
        await breaks(chat.begin, chat.word('word '), 'fin')(exchange);
      },
      messagesReset: breaks(messages.begin(10), messages.word('word '), 'reset'),
      messagesFin: breaks(messages.begin(10), messages.word('word '), 'fin'),
    });
    const byLength = await stage.relay(upstream, { type: 'reset', afterBytes: 900 });
    const halfClosed = await stage.relay(upstream, { type: 'half-close', afterBytes: 900 });
    const chatModels = ['chatReset', 'chatFin'];
    const messagesModels = ['messagesReset', 'messagesFin'];
    const gateway = await stage.gateway({
      providers: {
        c: provider({ url: upstream.url, models: chatModels }),
        r: provider({ url: byLength.url, models: chatModels }),
        h: provider({ url: halfClosed.url, models: chatModels }),
        m: provider({ url: upstream.url, models: messagesModels, type: 'anthropic' }),
      },
    });
    const names = ['c', 'r', 'h'].flatMap((name) => chatModels.map((model) => `${name}/${model}`));
    const all = [...names, ...messagesModels.map((model) => `m/${model}`)];
    const calls = upTo(stage.count(20, 2)).flatMap(() => all);
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: 'any', maxRetries: 0 });

    const seen = await eachOf(
      calls,
      16,
      async (model): Promise<readonly [Seen, Seen]> => [
        await byOpenai(openai, model),
        await byAnthropic(anthropic, model),
      ],
    );

    const both = seen.flat();
    const rows = await settledOf(gateway, both.length);
    return [
      exactly(
        'clients that saw an error through their SDK',
        both.filter((one) => one === 'error').length,
        both.length,
      ),
      none('silent successes', both.filter((one) => one === 'success').length),
      exactly('rows that say so', rows.filter(({ outcome }) => outcome === 'partial').length, both.length),
    ];
  },
});

const messagesOf = [{ role: 'user' as const, content: 'What is six times seven?' }];

const byOpenai = async (client: OpenAI, model: string): Promise<Seen> => {
  try {
    const stream = await client.chat.completions.create({ model, messages: messagesOf, stream: true });
    let reason: string | null | undefined;
    for await (const chunk of stream) reason = chunk.choices[0]?.finish_reason ?? reason;
    return reason ? 'success' : 'nothing';
  } catch {
    return 'error';
  }
};

const byAnthropic = async (client: Anthropic, model: string): Promise<Seen> => {
  try {
    const stream = client.messages.stream({ model, messages: messagesOf, max_tokens: 100 });
    const { stop_reason: reason } = await stream.finalMessage();
    return reason ? 'success' : 'nothing';
  } catch {
    return 'error';
  }
};
