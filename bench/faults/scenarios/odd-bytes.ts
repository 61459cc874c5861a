import { setTimeout as pause } from 'node:timers/promises';
import { readCpuMs, readMemory } from '../../gateway/process.ts';
import { type Answer, ask, chatBody, messagesBody } from '../caller.ts';
import { eachOf, upTo } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { chat, messages, startStream, usageOf } from '../scripts.ts';
import { sdkCallers } from '../sdk-callers.ts';
import { provider } from '../stage.ts';

const chatFixture = [
  chat.begin,
  ...['Six ', 'times ', 'seven ', 'is ', 'vierzig ', 'und ', 'zwei: ', '四十二 ', '🧮', '.'].map(chat.word),
  chat.finish,
  chat.usage(usageOf({ input: 10, output: 10 })),
  chat.done,
].join('');
/** Long enough that what a request costs by itself does not show. */
const longFixture = chatFixture.replace(chat.finish, chat.word('and so on ').repeat(40) + chat.finish);
const messagesFixture = [
  messages.begin(10),
  ...['Six ', 'mal ', 'sieben: ', '四十二 ', '🧮'].map(messages.word),
  messages.end(10),
].join('');

/** The same bytes in two pieces, cut where the request says. */
const splitAt = (fixture: string): Script => {
  const bytes = Buffer.from(fixture);
  return async (exchange) => {
    const at = Number(/cut at (\d+)/.exec(JSON.stringify(exchange.call.body.messages))?.[1] ?? 0);
    startStream(exchange);
    exchange.response.socket?.setNoDelay(true);
    exchange.response.write(bytes.subarray(0, at));
    await pause(2);
    exchange.response.end(bytes.subarray(at));
  };
};

const whole =
  (fixture: string): Script =>
  (exchange) => {
    startStream(exchange);
    exchange.response.end(fixture);
  };

export const cutAnywhere = defineScenario({
  id: 'A5',
  title: 'one byte at a time; cut at every byte',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({
      chat: splitAt(chatFixture),
      messages: splitAt(messagesFixture),
      short: whole(chatFixture),
      long: whole(longFixture),
    });
    const drip = await stage.relay(upstream, { type: 'drip', bytes: 1, everyMs: 1 });
    const gateway = await stage.gateway({
      providers: {
        c: provider({ url: upstream.url, models: ['chat'] }),
        m: provider({ url: upstream.url, models: ['messages'], type: 'anthropic' }),
        d: provider({ url: drip.url, models: ['short', 'long'] }),
      },
    });
    const step = stage.count(1, 41);
    const cutsOf = (fixture: string): readonly number[] =>
      upTo(Buffer.byteLength(fixture)).filter((at) => at % step === 0);
    const asks = [
      ...cutsOf(chatFixture).map((at) => ({ at, isChat: true })),
      ...cutsOf(messagesFixture).map((at) => ({ at, isChat: false })),
    ];

    const spoken = (at: number) => [{ role: 'user', content: `cut at ${at}` }];
    const asked = { stream: true, stream_options: { include_usage: true } };
    const answers = await eachOf(asks, 24, ({ at, isChat }) =>
      isChat
        ? ask(gateway.url, chatBody('c/chat', { ...asked, messages: spoken(at) }))
        : ask(gateway.url, messagesBody('m/messages', { stream: true, messages: spoken(at) }), {
            path: '/v1/messages',
          }),
    );
    const drips = upTo(stage.count(16, 4));
    const dripAll = (model: string): Promise<Answer[]> =>
      eachOf(drips, drips.length, () => ask(gateway.url, chatBody(`d/${model}`, asked)));
    const model = stage.isFull ? 'long' : 'short';
    await dripAll('short');
    const passedBefore = drip.passedBytes;
    const before = readCpuMs(gateway.pid);
    const dripped = await dripAll(model);
    const cpuMs = readCpuMs(gateway.pid) - before;

    const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
    const differing = answers.filter(
      ({ text }, at) => text !== bytesOf(asks[at]?.isChat ? chatFixture : messagesFixture),
    );
    const kilobytes = (drip.passedBytes - passedBefore) / 1024;
    return [
      none(`answers of ${answers.length} cuts that differ by a byte`, differing.length),
      none(
        'dripped answers that differ',
        dripped.filter(({ text }) => text !== bytesOf(stage.isFull ? longFixture : chatFixture)).length,
      ),
      {
        what: 'processor time a kilobyte dripped',
        value: cpuMs / kilobytes,
        unit: 'ms',
        most: 5,
        isMeasured: true,
      },
    ];
  },
});

const giant = 16 * 1024 * 1024;

/** Streams that are none, and what has to come of each. */
const malformed: Readonly<
  Record<string, { readonly bytes: () => Buffer | string; readonly isWell: boolean }>
> = {
  badJson: {
    bytes: () => `${chat.begin}data: {"choices":[{"delta":{"content":"x"}\n\n${chat.done}`,
    isWell: false,
  },
  noBlankLine: { bytes: () => chatFixture.replaceAll('\n\n', '\n'), isWell: false },
  byteOrderMark: { bytes: () => `\uFEFF${chatFixture}`, isWell: true },
  carriageReturns: { bytes: () => chatFixture.replaceAll('\n', '\r'), isWell: true },
  bothLineEnds: { bytes: () => chatFixture.replaceAll('\n', '\r\n'), isWell: true },
  nul: { bytes: () => chatFixture.replace('Six', '\0Six'), isWell: false },
  severalDataLines: {
    bytes: () => chatFixture.replace('"choices":', '"choices":\ndata: '),
    isWell: true,
  },
  brokenUtf8: {
    bytes: () =>
      Buffer.concat([
        Buffer.from(chat.begin),
        Buffer.from('data: "'),
        Buffer.from([0xc3, 0x28]),
        Buffer.from('"\n\n'),
      ]),
    isWell: false,
  },
  giantLine: { bytes: () => `${chat.begin}data: {"x":"${'x'.repeat(giant)}`, isWell: false },
};

export const malformedStreams = defineScenario({
  id: 'A6',
  title: 'malformed event streams',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(malformed);
    const upstream = await stage.upstream(
      Object.fromEntries(
        names.map((name): [string, Script] => [
          name,
          (exchange) => {
            startStream(exchange);
            exchange.response.end(malformed[name]?.bytes());
          },
        ]),
      ),
    );
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: names }) },
    });
    const callers = sdkCallers(gateway.url);
    const small = names.filter((name) => name !== 'giantLine');

    const seen = await eachOf(small, 4, (name) => callers.openai(`p/${name}`));
    const rounds = upTo(stage.count(5, 1));
    const before = readMemory(gateway.pid).rssMb;
    const giants = [];
    for (const _ of rounds) giants.push(await ask(gateway.url, chatBody('p/giantLine', { stream: true })));
    const grownMb = readMemory(gateway.pid).peakMb - before;

    const isError = ({ status, text }: Answer): boolean => status >= 500 || text.includes('"error":{');
    const isDone = ({ text }: Answer): boolean => text.includes('[DONE]');
    const wrong = small.filter((name, at) => seen[at] !== (malformed[name]?.isWell ? 'success' : 'error'));
    return [
      none(
        `of ${small.length} kinds that an SDK takes for what they are not (${wrong.join(', ') || 'none'})`,
        wrong.length,
      ),
      exactly(
        'lines of 16 MB that end in an error, not in success',
        giants.filter((one) => isError(one) && !isDone(one)).length,
        rounds.length,
      ),
      {
        what: 'memory grown by lines of 16 MB, the caps twice',
        value: grownMb,
        unit: 'MB',
        most: 80,
        isMeasured: true,
      },
    ];
  },
});
