import { setTimeout as pause } from 'node:timers/promises';
import { type RawConnection, rawConnection, rawPost } from '../../../src/testing/raw-connection.ts';
import { median } from '../../gateway/statistics.ts';
import { type Answer, ask, chatBody } from '../caller.ts';
import { heldBytes, tellsMemory } from '../held-memory.ts';
import { eachOf, until, upTo } from '../many.ts';
import type { MockCall, Script } from '../mock-upstream.ts';
import { defineScenario, none, within } from '../scenario.ts';
import { answers, chat, startStream, takesMore } from '../scripts.ts';
import { provider } from '../stage.ts';

/** Sends a byte a second until the other side closes; tells after how long that was. */
const drip = async (url: string, head: string): Promise<number> => {
  const startedMs = performance.now();
  const connection = await rawConnection(url);
  connection.write(head);
  const timer = setInterval(() => {
    if (!connection.isClosed) connection.write('x');
  }, 1000);
  while (!connection.isClosed && performance.now() - startedMs < 90_000) await pause(50);
  clearInterval(timer);
  connection.destroy();
  return performance.now() - startedMs;
};

const half = 'POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nx-slow: ';
const slowBody =
  'POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"model":"';

export const slowLoris = defineScenario({
  id: 'B3',
  title: 'headers and bodies that drip in',
  isQuick: false,
  run: async (stage) => {
    const upstream = await stage.upstream({ good: answers(5) });
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: ['good'] }) },
    });
    const healthy = async (times: number): Promise<number> => {
      const told: Answer[] = [];
      for (const _ of upTo(times)) {
        told.push(await ask(gateway.url, chatBody('p/good')));
        await pause(10);
      }
      return median(told.map(({ totalMs }) => totalMs));
    };
    await healthy(200);
    const before = await healthy(200);

    const count = stage.count(500, 20);
    const headers = Promise.all(upTo(count).map(() => drip(gateway.url, half)));
    const bodies = Promise.all(upTo(count).map(() => drip(gateway.url, slowBody)));
    await pause(1000);
    const meanwhile = await healthy(200);

    return [
      within(`longest of ${count} header drips`, Math.max(...(await headers)), 15_000),
      within(`longest of ${count} body drips`, Math.max(...(await bodies)), 65_000),
      { what: 'p50 of others meanwhile', value: meanwhile / before, unit: '×', most: 1.5, isMeasured: true },
    ];
  },
});

/** A word, and once it is time for it tokens without end, as fast as they are taken. */
const endless =
  (isTime: Promise<void>): Script =>
  async (exchange) => {
    const { response, call } = exchange;
    const more = takesMore(exchange);
    startStream(exchange);
    response.write(chat.begin + chat.word('word '));
    await isTime;
    const piece = chat.word('word '.repeat(2000));
    while (!response.destroyed) {
      call.generated += 2000;
      await (response.write(piece) ? new Promise(setImmediate) : more());
    }
  };

export const stoppedReaders = defineScenario({
  id: 'B4',
  title: 'readers that stop reading',
  isQuick: true,
  run: async (stage) => {
    let flood = (): void => undefined;
    const isTime = new Promise<void>((resolve) => {
      flood = resolve;
    });
    const upstream = await stage.upstream({ endless: endless(isTime) });
    const writeIdleMs = stage.count(12_000, 2000);
    const gateway = await stage.gateway(
      {
        server: { writeIdle: `${writeIdleMs}ms` },
        providers: { p: provider({ url: upstream.url, models: ['endless'] }) },
      },
      tellsMemory,
    );
    const count = stage.count(500, 20);
    const body = JSON.stringify(chatBody('p/endless', { stream: true }));
    await eachOf(upTo(5), 5, async () => {
      const warming = await rawConnection(gateway.url);
      warming.write(rawPost('/v1/chat/completions', body));
      await warming.until(/word/);
      warming.destroy();
    });
    await until(() => upstream.calls.every(({ closedMs }) => closedMs !== undefined), 2000);
    upstream.forget();
    const before = await heldBytes(gateway);

    const readers: RawConnection[] = await eachOf(upTo(count), 50, async () => {
      const reader = await rawConnection(gateway.url);
      reader.write(rawPost('/v1/chat/completions', body));
      await reader.until(/word/);
      reader.pause();
      return reader;
    });
    flood();
    // the kernel's own buffers take their megabytes first
    await untilStill(() => generatedBy(upstream.calls), writeIdleMs / 2);
    const stalled = generatedBy(upstream.calls);
    const grownBytes = (await heldBytes(gateway)) - before;
    await pause(500);
    const moved = generatedBy(upstream.calls) - stalled;
    const isOpen = ({ closedMs }: MockCall): boolean => closedMs === undefined;
    // Node looks twice before it believes that nothing moves, and for a while the kernel still takes some
    await until(() => !upstream.calls.some(isOpen), writeIdleMs * 3 + 10_000);
    const open = upstream.calls.filter(isOpen).length;
    for (const reader of readers) reader.destroy();

    return [
      {
        what: `held for each of ${count} readers`,
        value: grownBytes / 1024 / count,
        unit: 'kB',
        most: 256,
        isMeasured: true,
      },
      { what: 'tokens generated while nobody reads', value: moved, unit: '', most: 0 },
      none('upstreams not cut at the write-idle limit', open),
    ];
  },
});

/** Resolves when a count has not changed for a while. */
const untilStill = async (count: () => number, stillMs: number): Promise<void> => {
  let before = -1;
  let stillSinceMs = performance.now();
  for (const end = performance.now() + 60_000; performance.now() < end; await pause(50)) {
    if (count() !== before) stillSinceMs = performance.now();
    else if (performance.now() - stillSinceMs > stillMs) return;
    before = count();
  }
};

const generatedBy = (calls: readonly MockCall[]): number =>
  calls.reduce((sum, { generated }) => sum + generated, 0);
