import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { readMemory } from '../../gateway/process.ts';
import { type Answer, ask, chatBody } from '../caller.ts';
import { eachOf, upTo } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { chat, chatAnswer, takesMore, usageOf } from '../scripts.ts';
import { provider } from '../stage.ts';

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };
const stream =
  chat.begin +
  chat.word('42').repeat(50) +
  chat.finish +
  chat.usage(usageOf({ input: 10, output: 50 })) +
  chat.done;
const whole = JSON.stringify(chatAnswer('42 '.repeat(500)));

const compressed =
  (encoding: keyof typeof encoders, claims: string = encoding): Script =>
  ({ response, call }) => {
    const isStream = call.body.stream === true;
    response
      .writeHead(200, {
        'content-type': isStream ? 'text/event-stream' : 'application/json',
        'content-encoding': claims,
      })
      .end(encoders[encoding](isStream ? stream : whole));
  };

const blockBytes = 64 * 1024 * 1024;

/** The same block of nothing again and again: so many members of a gzip file are one file. */
const bomb = (gigabytes: number, type: string): Script => {
  const block = gzipSync(Buffer.alloc(blockBytes), { level: 9 });
  return async (exchange) => {
    const { response } = exchange;
    const more = takesMore(exchange);
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
    for (const _ of upTo(gigabytes * 16)) {
      if (response.destroyed) return;
      if (!response.write(block)) await more();
    }
    response.end();
  };
};

export const compressedAnswers = defineScenario({
  id: 'A11',
  title: 'answers compressed, wrongly compressed, and bombs',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(encoders) as (keyof typeof encoders)[];
    const gigabytes = stage.count(10, 1);
    const upstream = await stage.upstream({
      ...Object.fromEntries(names.map((name) => [name, compressed(name)])),
      liar: compressed('br', 'gzip'),
      plain: ({ response }) =>
        void response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(whole),
      unknown: compressed('gzip', 'snappy'),
      bomb: bomb(gigabytes, 'application/json'),
      streamBomb: bomb(gigabytes, 'text/event-stream'),
    });
    const bad = ['liar', 'plain', 'unknown'];
    const bombs = ['bomb', 'streamBomb'];
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: [...names, ...bad, ...bombs] }) },
    });
    const asked = { stream: true, stream_options: { include_usage: true } };

    const answers = await eachOf(names, 4, (name) => ask(gateway.url, chatBody(`p/${name}`)));
    const streams = await eachOf(names, 4, (name) => ask(gateway.url, chatBody(`p/${name}`, asked)));
    const wrong = await eachOf(bad, 4, (name) => ask(gateway.url, chatBody(`p/${name}`)));
    const before = readMemory(gateway.pid).rssMb;
    const burst: Answer[] = [];
    for (const name of bombs)
      burst.push(await ask(gateway.url, chatBody(`p/${name}`, { stream: name !== 'bomb' })));
    const grownMb = readMemory(gateway.pid).peakMb - before;

    return [
      none('whole answers that were not read as sent', answers.filter(({ text }) => text !== whole).length),
      none('streams that were not read as sent', streams.filter(({ text }) => text !== stream).length),
      exactly('wrong encodings told as 502', wrong.filter(({ status }) => status === 502).length, bad.length),
      none(
        `bombs of ${gigabytes} GB that were an answer`,
        burst.filter(({ status }) => status === 200).length,
      ),
      { what: 'memory grown by the bombs', value: grownMb, unit: 'MB', most: 80, isMeasured: true },
    ];
  },
});
