import { ask, chatBody, messagesBody } from '../caller.ts';
import { settledOf } from '../invariants.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, none } from '../scenario.ts';
import { chat, messages, sendFrames, usageOf } from '../scripts.ts';
import { provider } from '../stage.ts';

const told = (...usages: readonly object[]): Script =>
  sendFrames([chat.begin, chat.word('forty-two '), ...usages.map(chat.usage), chat.finish, chat.done]);
const raw = (input: unknown, output: unknown): object => ({
  prompt_tokens: input,
  completion_tokens: output,
});
const messagesTold = (output: number): Script =>
  sendFrames([
    messages.begin(10),
    messages.word('forty-two '),
    `event: message_delta\ndata: ${JSON.stringify({ type: 'message_delta', delta: {}, usage: { output_tokens: 90 } })}\n\n`,
    messages.end(output),
  ]);

/** What an upstream says, and how many answer tokens are charged for; undefined: an estimate, marked so. */
const cases: Readonly<Record<string, { readonly script: Script; readonly output: number | undefined }>> = {
  once: { script: told(usageOf({ input: 10, output: 7 })), output: 7 },
  twice: { script: told(usageOf({ input: 10, output: 3 }), usageOf({ input: 10, output: 7 })), output: 7 },
  never: { script: told(), output: undefined },
  decreasing: {
    script: told(usageOf({ input: 10, output: 90 }), usageOf({ input: 10, output: 7 })),
    output: 7,
  },
  negative: { script: told(raw(-5, -7)), output: 0 },
  huge: { script: told(raw(10, 1e30)), output: undefined },
  fraction: { script: told(raw(10, 7.9)), output: 7 },
  words: { script: told(raw('10', 'seven')), output: 0 },
  empty: { script: told({}), output: 0 },
};

export const oddUsage = defineScenario({
  id: 'A16',
  title: 'usage twice, never, decreasing, negative, 1e30',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(cases);
    const upstream = await stage.upstream({
      ...Object.fromEntries(Object.entries(cases).map(([name, { script }]) => [name, script])),
      messages: messagesTold(7),
    });
    const gateway = await stage.gateway({
      providers: {
        p: provider({ url: upstream.url, models: names }),
        m: provider({ url: upstream.url, models: ['messages'], type: 'anthropic' }),
      },
    });

    for (const name of names) await ask(gateway.url, chatBody(`p/${name}`, { stream: true }));
    await ask(gateway.url, messagesBody('m/messages', { stream: true }), { path: '/v1/messages' });

    const rows = await settledOf(gateway, names.length + 1);
    const row = (name: string) => rows.find(({ askedModel }) => askedModel === name);
    const wrong = names.filter((name) => {
      const attempt = row(`p/${name}`)?.attempts.at(-1);
      if (!attempt) return true;
      const wanted = cases[name]?.output;
      return wanted === undefined
        ? !attempt.isEstimated || attempt.usage.outputTokens > 1000
        : attempt.usage.outputTokens !== wanted;
    });
    const last = row('m/messages')?.attempts.at(-1);
    return [
      none(
        `of ${names.length} charged otherwise than by the last figure told (${wrong.join(', ') || 'none'})`,
        wrong.length,
      ),
      none('the same on the Messages wire', last?.usage.outputTokens === 7 ? 0 : 1),
      none(
        'charges below nothing or beyond belief',
        rows.filter(({ cost }) => cost < 0n || cost > 1_000_000_000n).length,
      ),
    ];
  },
});
