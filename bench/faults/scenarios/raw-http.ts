import { rawConnection, rawPost } from '../../../src/testing/raw-connection.ts';
import { ask, chatBody } from '../caller.ts';
import { eachOf } from '../many.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider, type Stage } from '../stage.ts';

const setting = async (stage: Stage) => {
  const upstream = await stage.upstream({ good: answers(3) });
  const gateway = await stage.gateway({
    providers: { p: provider({ url: upstream.url, models: ['good'] }) },
  });
  /** Statuses of all answers on one connection; what comes after two seconds of silence is not waited for. */
  const say = async (text: string | Buffer): Promise<readonly number[]> => {
    const connection = await rawConnection(gateway.url);
    connection.write(text);
    await Promise.race([connection.closed().catch(() => ''), quiet(() => connection.text)]);
    connection.destroy();
    return [...connection.text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
  };
  return { upstream, gateway, say };
};

/** Resolves when nothing more came for a moment. */
const quiet = async (text: () => string): Promise<void> => {
  for (let before = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 350));
    if (text().length === before && before > 0) return;
    before = text().length;
    if (before === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      if (text().length === 0) return;
    }
  }
};

const body = JSON.stringify(chatBody('p/good'));
const post = (...headers: readonly string[]): string => rawPost('/v1/chat/completions', body, headers);
const get = (path: string, ...headers: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

/** What is said on a connection, and the statuses that have to come, in their order. */
const conversations: Readonly<Record<string, readonly [string, readonly number[]]>> = {
  'Expect: 100-continue': [post('expect: 100-continue', 'connection: close'), [100, 200]],
  'another Expect': [post('expect: 200-ok', 'connection: close'), [417]],
  pipelining: [post() + get('/healthz') + post('connection: close'), [200, 200, 200]],
  'HTTP/1.0': [`POST /v1/chat/completions HTTP/1.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`, [200]],
  HEAD: ['HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', [200]],
  'HEAD where there is only POST': [
    'HEAD /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    [405],
  ],
  OPTIONS: [
    'OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: x\r\norigin: https://a.example\r\nconnection: close\r\n\r\n',
    [405],
  ],
  'upgrade to a WebSocket': [
    get(
      '/v1/responses',
      'upgrade: websocket',
      'connection: upgrade',
      'sec-websocket-key: eA==',
      'sec-websocket-version: 13',
    ),
    [426],
  ],
  'upgrade to HTTP/2': [post('upgrade: h2c', 'connection: upgrade, close'), [200]],
  TRACE: ['TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', [405]],
  CONNECT: ['CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n', []],
};

export const oddHttp = defineScenario({
  id: 'B16',
  title: 'Expect, pipelining, HTTP/1.0, HEAD, OPTIONS, Upgrade',
  isQuick: true,
  run: async (stage) => {
    const { say, gateway } = await setting(stage);
    const names = Object.keys(conversations);

    const told = await eachOf(names, 4, (name) => say(conversations[name]?.[0] ?? ''));

    const wrong = names.filter((name, at) => String(told[at]) !== String(conversations[name]?.[1]));
    const shown = wrong.map((name) => `${name}: ${told[names.indexOf(name)]}`);
    const { status } = await ask(gateway.url, chatBody('p/good'));
    return [
      none(`of ${names.length} not answered as they should be (${shown.join('; ') || 'none'})`, wrong.length),
      exactly('and well afterwards', status, 200),
    ];
  },
});

/** Paths that want to get somewhere else. */
const paths = [
  '/v1/../admin',
  '/v1/%2e%2e/admin',
  '/v1/%2e%2e%2fadmin',
  '/v1/..%2f..%2fetc/passwd',
  '/v1/models/..',
  '/v1/models/%2e%2e%2f%2e%2e',
  '/v1/models/a%00b',
  '/v1/models/a;x=1',
  '/v1/models/a\\b',
  '/v1/models/a%5cb',
  '/v1/models/a%2f..%2fb',
  '//evil.example/v1/models',
  'http://evil.example/v1/models',
  '/v1beta/models/..%2f..%2fx:generateContent',
  '/v1beta/models/a%2f..%2f..%2ffiles:generateContent',
  '/v1/./models',
  '/v1/files/..%2f..%2fadmin',
  '/v1/files/%2e%2e',
];

const modelNames = [
  '../../admin',
  'p/../good',
  'good?x=1',
  'good#x',
  'p/good\r\nx: y',
  '%2e%2e/good',
  'p/good/../../x',
  '..',
];

export const oddPaths = defineScenario({
  id: 'D7',
  title: 'paths and model names that want to get elsewhere',
  isQuick: true,
  run: async (stage) => {
    const { say, upstream, gateway } = await setting(stage);
    const methods = ['GET', 'POST'];
    const lines = paths.flatMap((path) => methods.map((method) => ({ path, method })));

    const told = await eachOf(lines, 8, ({ path, method }) =>
      say(`${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`),
    );
    const named = await eachOf(modelNames, 4, (model) => ask(gateway.url, chatBody(model)));

    const open = lines.filter(
      (_, at) => !told[at]?.every((status) => status === 400 || status === 404) || told[at]?.length !== 1,
    );
    return [
      none(
        `of ${lines.length} paths not refused (${open.map(({ path }) => path).join(' ') || 'none'})`,
        open.length,
      ),
      none('faults of ours at odd model names', named.filter(({ status }) => status >= 500).length),
      none(
        'model names that reached the upstream as written',
        upstream.calls.filter(({ model }) => model !== 'good').length,
      ),
      none(
        'upstream calls beside the one path there is',
        upstream.calls.filter(({ path }) => path !== '/v1/chat/completions').length,
      ),
    ];
  },
});

const chunked = (rest: string): string => `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${rest}`;

/** Requests of which two readers may see two different ones; every answer but a refusal is one too many. */
const smuggled: Readonly<Record<string, string>> = {
  'two hosts': 'GET /v1/models HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'no host': 'GET /v1/models HTTP/1.1\r\n\r\n',
  'an absolute address': 'GET http://evil.example/v1/models HTTP/1.1\r\nhost: evil.example\r\n\r\n',
  'length and chunks': chunked('content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
  'chunks and length': chunked('transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n'),
  'two lengths': chunked('content-length: 4\r\ncontent-length: 5\r\n\r\nabcde'),
  'a list of lengths': chunked('content-length: 4, 5\r\n\r\nabcde'),
  'a negative length': chunked('content-length: -1\r\n\r\n'),
  'a length with a plus': chunked('content-length: +4\r\n\r\nabcd'),
  'a length in hexadecimal': chunked('content-length: 0x4\r\n\r\nabcd'),
  'chunks twice': chunked('transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n'),
  'chunks not last': chunked('transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n'),
  'chunks misspelt': chunked('transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'),
  'chunks behind a tab': chunked('transfer-encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n'),
  'chunks in HTTP/1.0':
    'POST /v1/chat/completions HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'a bare line feed': 'GET /v1/models HTTP/1.1\nhost: x\n\n',
  'a bare carriage return': 'GET /v1/models HTTP/1.1\rhost: x\r\r',
  'a folded header': 'GET /v1/models HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c: d\r\n\r\n',
  'a space before the colon': 'GET /v1/models HTTP/1.1\r\nhost : x\r\n\r\n',
  'a NUL in a header': 'GET /v1/models HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n',
  'a broken chunk size': chunked('transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n'),
  'a chunk size too large': chunked(
    'transfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\nabc\r\n0\r\n\r\n',
  ),
  'a chunk without its end': chunked('transfer-encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n'),
  'two different keys':
    'GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n',
};

/** What a second reader might take for the next request. */
const hidden = get('/healthz', 'x-hidden: yes');

export const smuggling = defineScenario({
  id: 'D8',
  title: 'requests that two readers read differently',
  isQuick: true,
  run: async (stage) => {
    const { say, upstream } = await setting(stage);
    const names = Object.keys(smuggled);

    const told = await eachOf(names, 6, (name) => say((smuggled[name] ?? '') + hidden));

    const served = names.filter((_, at) => told[at]?.[0] === undefined || (told[at]?.[0] ?? 0) < 400);
    const desynced = names.filter((_, at) => (told[at]?.length ?? 0) > 1 && told[at]?.slice(1).includes(200));
    // the whole request was read before it was refused: what follows is a request of its own
    const mayFollow = new Set(['two hosts', 'no host', 'an absolute address', 'two different keys']);
    const torn = desynced.filter((name) => !mayFollow.has(name));
    return [
      none(`of ${names.length} served (${served.join('; ') || 'none'})`, served.length),
      none(`after which a hidden request was answered (${torn.join('; ') || 'none'})`, torn.length),
      none('calls that reached the upstream', upstream.calls.length),
    ];
  },
});
