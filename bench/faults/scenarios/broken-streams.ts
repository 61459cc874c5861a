import { settledOf } from '../invariants.ts';
import { eachOf, upTo } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { chat, messages, startStream } from '../scripts.ts';
import { type Seen, sdkCallers } from '../sdk-callers.ts';
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

export const cutStreams = defineScenario({
  id: 'A4',
  title: 'reset or end in the middle of a stream',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({
      chatReset: breaks(chat.begin, chat.word('word '), 'reset'),
      chatFin: breaks(chat.begin, chat.word('word '), 'fin'),
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
    const callers = sdkCallers(gateway.url);

    const seen = await eachOf(
      calls,
      16,
      async (model): Promise<readonly [Seen, Seen]> => [
        await callers.openai(model),
        await callers.anthropic(model),
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
