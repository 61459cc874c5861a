import { type AddressInfo, createServer, type Server } from 'node:net';
import { openBlackHole } from '../black-hole.ts';
import { ask, chatBody, errorCode } from '../caller.ts';
import { defineScenario, exactly, within } from '../scenario.ts';
import { answers, chat, silent, startStream } from '../scripts.ts';
import { inTurn, provider, type Stage } from '../stage.ts';

/** An address of loopback where nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

export const connectRefused = defineScenario({
  id: 'A1',
  title: 'connection refused, or a black hole',
  isQuick: true,
  run: async (stage: Stage) => {
    const well = await stage.upstream({ good: answers(3) });
    const hole = await openBlackHole();
    stage.after(() => hole.close());
    const refused = `http://127.0.0.1:${await closedPort()}/v1`;
    const gateway = await stage.gateway({
      providers: {
        refused: provider({ url: refused, models: ['m'] }),
        hole: provider({ url: hole.url, models: ['m'] }),
        well: provider({ url: well.url, models: ['good'] }),
      },
      routes: {
        r: inTurn('refused/m', 'well/good'),
        h: inTurn('hole/m', 'well/good'),
        down: inTurn('refused/m', 'hole/m'),
      },
    });

    const overRefused = await ask(gateway.url, chatBody('r'));
    const overHole = await ask(gateway.url, chatBody('h', { stream: true }));
    const down = await ask(gateway.url, chatBody('down'));

    return [
      exactly('answered by the next target', [overRefused, overHole].filter(isOk).length, 2),
      within('next target after a refused connection', overRefused.totalMs, 2500),
      within('next target after a black hole', overHole.totalMs, 2500),
      exactly('all down: 502, 503 or 504 with a code', isTold(down.status, errorCode(down)) ? 1 : 0, 1),
      within('all down: told within the limits + 1 s', down.totalMs, 5000),
    ];
  },
});

const isOk = ({ status }: { readonly status: number }): boolean => status === 200;
const isTold = (status: number, code: string): boolean => [502, 503, 504].includes(status) && code !== '';

export const noFirstByte = defineScenario({
  id: 'A2',
  title: 'no headers, or headers and no first event',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({
      mute: silent,
      headersOnly: (exchange) => startStream(exchange),
      commentsOnly: (exchange) => {
        startStream(exchange);
        const timer = setInterval(() => exchange.response.write(': hm\n\n'), 200);
        exchange.response.on('close', () => clearInterval(timer));
      },
      good: answers(3),
    });
    const timeouts = { firstByte: '1500ms', idle: '1500ms' };
    const slow = ['mute', 'headersOnly', 'commentsOnly'];
    const gateway = await stage.gateway({
      providers: {
        slow: provider({ url: upstream.url, models: slow, timeouts }),
        well: provider({ url: upstream.url, models: ['good'] }),
      },
      routes: Object.fromEntries(slow.map((name) => [name, inTurn(`slow/${name}`, 'well/good')])),
    });

    const told = await Promise.all(slow.map((name) => ask(gateway.url, chatBody(name, { stream: true }))));

    const whole = told.filter(({ text }) => text.includes(chat.done.trim()));
    return [
      exactly('failed over to a whole answer', whole.length, 3),
      within('first-byte limit of 1.5 s fires', Math.max(...told.map(({ totalMs }) => totalMs)), 2500),
      exactly('calls that were left open upstream', upstream.calls.filter(isOpen).length, 0),
    ];
  },
});

const isOpen = ({ closedMs, endedMs }: { closedMs?: number | undefined; endedMs?: number | undefined }) =>
  closedMs === undefined && endedMs === undefined;
