import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, chatBody } from '../caller.ts';
import { defineScenario, exactly, type Figure, within } from '../scenario.ts';
import { chat, startStream, usageOf } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

const keepAlive = ': keep-alive';
const end = chat.finish + chat.usage(usageOf({ input: 10, output: 2 })) + chat.done;

/** Milliseconds between the signs of life, and before the first. */
const gaps = ({ pieces }: Answer, fromMs: number): readonly number[] => {
  const moments = pieces.filter(({ text }) => text.startsWith(keepAlive)).map(({ ms }) => ms);
  return moments.map((ms, at) => ms - (moments[at - 1] ?? fromMs));
};

export const silence = defineScenario({
  id: 'A3',
  title: 'silence before and in the middle of a stream',
  isQuick: true,
  run: async (stage) => {
    const silentMs = stage.count(61_000, 300);
    const upstream = await stage.upstream({
      pauses: async (exchange) => {
        startStream(exchange);
        exchange.response.write(chat.begin + chat.word('four'));
        await pause(silentMs);
        exchange.response.end(chat.word('two') + end);
      },
      thinks: async (exchange) => {
        startStream(exchange);
        await pause(silentMs);
        exchange.response.end(chat.begin + chat.word('42') + end);
      },
      stops: (exchange) => {
        startStream(exchange);
        exchange.response.write(chat.begin + chat.word('four'));
      },
      never: (exchange) => startStream(exchange),
      good: (exchange) => {
        startStream(exchange);
        exchange.response.end(chat.begin + chat.word('42') + end);
      },
    });
    const idleMs = stage.count(5000, 1000);
    const firstByteMs = stage.count(20_000, 1000);
    const gateway = await stage.gateway({
      providers: {
        patient: provider({ url: upstream.url, models: ['pauses', 'thinks', 'good'] }),
        short: provider({
          url: upstream.url,
          models: ['stops', 'never'],
          timeouts: { idle: `${idleMs}ms`, firstByte: `${firstByteMs}ms` },
        }),
      },
      routes: { over: inTurn('short/never', 'patient/good') },
    });
    const listen = (model: string): Promise<Answer> =>
      ask(gateway.url, chatBody(model, { stream: true }), { keepsPieces: true });

    const [paused, thought, stopped, over] = await Promise.all([
      listen('patient/pauses'),
      listen('patient/thinks'),
      listen('short/stops'),
      listen('over'),
    ]);

    const isWhole = ({ text }: Answer): boolean => text.endsWith(chat.done);
    const told = stopped.pieces.find(({ text }) => text.includes('"error"'))?.ms ?? Infinity;
    const figures: Figure[] = [
      exactly('silent streams that came whole', [paused, thought].filter(isWhole).length, 2),
      within('idle limit → error frame, after it', told - idleMs, 1000),
      exactly('error frame ends the stream without [DONE]', isWhole(stopped) ? 0 : 1, 1),
      exactly('failover after nothing but signs of life', over.status === 200 && isWhole(over) ? 1 : 0, 1),
    ];
    if (!stage.isFull) return figures;
    const all = [...gaps(paused, paused.firstByteMs ?? 0), ...gaps(thought, 0)];
    return [
      ...figures,
      exactly('signs of life in 61 s, twice', all.length, 8),
      { ...within('longest silence', Math.max(...all), 16_000), least: 14_000 },
      { ...within('shortest silence', Math.min(...all), 16_000), least: 14_000 },
    ];
  },
});
