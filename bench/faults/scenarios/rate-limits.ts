import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, chatBody, messagesBody } from '../caller.ts';
import { eachOf, upTo } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, type Figure, none } from '../scenario.ts';
import { answers, sendError, sendJson } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

const shortMs = 2500;

/** How long a pause every way of saying it asks for. */
const waits: Readonly<
  Record<string, { readonly headers: () => Record<string, string>; readonly ms: number }>
> = {
  seconds: { headers: () => ({ 'retry-after': '3' }), ms: 3000 },
  date: { headers: () => dated(4000), ms: 3000 },
  milliseconds: { headers: () => ({ 'retry-after-ms': String(shortMs) }), ms: shortMs },
  both: { headers: () => ({ 'retry-after': '1', 'retry-after-ms': String(shortMs) }), ms: shortMs },
  absurd: { headers: () => ({ 'retry-after': '999999999' }), ms: Infinity },
  hour: { headers: () => ({ 'retry-after': '3600' }), ms: Infinity },
  negative: { headers: () => ({ 'retry-after': '-30' }), ms: 0 },
  words: { headers: () => ({ 'retry-after': 'soon' }), ms: 0 },
};

/** Gemini says it in the body. */
const retryInfoMs = 3000;
const retryInfo = sendJson(
  {
    error: {
      ...{ code: 429, message: 'scripted', status: 'RESOURCE_EXHAUSTED' },
      details: [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryInfoMs / 1000}s` },
      ],
    },
  },
  429,
);

const dated = (ms: number): Record<string, string> => {
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  return { date: new Date(nowMs).toUTCString(), 'retry-after': new Date(nowMs + ms).toUTCString() };
};

const toldMs = ({ headers }: Answer): number =>
  Math.max(Number(headers['retry-after-ms'] ?? 0), Number(headers['retry-after'] ?? 0) * 1000);

export const retryAfter = defineScenario({
  id: 'A9',
  title: '429 with Retry-After, in every way of saying it',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(waits);
    const limited =
      (name: string, shape: (headers: Record<string, string>) => Script): Script =>
      (exchange) =>
        shape(waits[name]?.headers() ?? {})(exchange);
    const chatError = (headers: Record<string, string>) => sendError(429, headers, 'rate_limit_exceeded');
    const messagesError = (headers: Record<string, string>) =>
      sendJson({ type: 'error', error: { type: 'rate_limit_error', message: 'scripted' } }, 429, headers);
    const upstream = await stage.upstream({
      ...Object.fromEntries(names.map((name) => [name, limited(name, chatError)])),
      ...Object.fromEntries(names.map((name) => [`m-${name}`, limited(name, messagesError)])),
      'g-retryInfo': retryInfo,
      good: answers(3),
    });
    const several = [{ key: 'limited-key' }, { key: 'other-key' }];
    const gateway = await stage.gateway({
      providers: {
        ...Object.fromEntries(
          names.map((name) => [`c-${name}`, provider({ url: upstream.url, models: [name] })]),
        ),
        ...Object.fromEntries(
          names.map((name) => [
            `m-${name}`,
            provider({ url: upstream.url, models: [`m-${name}`], type: 'anthropic' }),
          ]),
        ),
        g: provider({
          url: upstream.url.replace('/v1', '/v1beta'),
          models: ['g-retryInfo'],
          type: 'google',
        }),
        keys: provider({ url: upstream.url, models: ['byKey'], rest: { key: undefined, keys: several } }),
      },
      routes: Object.fromEntries(names.map((name) => [`r-${name}`, inTurn(`c-${name}/${name}`)])),
    });
    upstream.script('byKey', (exchange) =>
      exchange.call.key === 'limited-key'
        ? sendError(429, { 'retry-after': '30' })(exchange)
        : answers(3)(exchange),
    );
    // each wire, asked by its model's name and through a route: first alone, then by many
    const targets = [
      ...names.flatMap((name) => [
        { name, model: `c-${name}/${name}`, isChat: true },
        { name, model: `m-${name}/m-${name}`, isChat: false },
        { name, model: `r-${name}`, isChat: true },
      ]),
      { name: 'retryInfo', model: 'g/g-retryInfo', isChat: true },
    ];
    const askOf = ({ model, isChat }: (typeof targets)[number]): Promise<Answer> =>
      isChat
        ? ask(gateway.url, chatBody(model))
        : ask(gateway.url, messagesBody(model), { path: '/v1/messages' });

    const told = await eachOf(targets, targets.length, askOf);
    const rounds = stage.count(20, 4);
    for (const _ of upTo(rounds)) {
      told.push(...(await eachOf(targets, targets.length, askOf)));
      await pause(50);
    }
    const early = [...names.flatMap((name) => [name, `m-${name}`]), 'g-retryInfo']
      .map((seen) => {
        const moments = upstream.calls.filter(({ model }) => model === seen).map(({ atMs }) => atMs);
        const first = moments[0] ?? 0;
        const waitMs = waits[seen.replace('m-', '')]?.ms ?? retryInfoMs;
        return moments.filter((ms) => ms > first + 150 && ms < first + waitMs - 60).length;
      })
      .reduce((sum, count) => sum + count, 0);
    upstream.forget();
    const byKey = await eachOf(upTo(stage.count(60, 12)), 4, (at) =>
      ask(gateway.url, chatBody('keys/byKey'), { headers: { 'x-tierwise-session': `s${at}` } }),
    );
    const calls = upstream.calls.filter(({ key }) => key === 'limited-key').length;
    const hopeless = told.filter((_, at) => targets[at % targets.length]?.name === 'hour');
    const figures: Figure[] = [
      none('requests to a credential before its time', early),
      {
        what: 'longest pause told to callers',
        value: Math.max(...told.map(toldMs)) / 1000,
        unit: 's',
        most: 60,
      },
      none('pauses of hours that callers are asked to wait out', hopeless.filter(isAskedToWait).length),
      exactly(
        'conversations that another key answered',
        byKey.filter(({ status }) => status === 200).length,
        byKey.length,
      ),
      { what: 'calls with the limited key', value: calls, unit: '', most: 4 },
    ];
    if (!stage.isFull) return figures;
    await pause(4500);
    upstream.forget();
    await eachOf(targets, targets.length, askOf);
    const back = names.filter(
      (name) => Number.isFinite(waits[name]?.ms) && upstream.calls.some(({ model }) => model === name),
    );
    return [...figures, exactly('asked again once the time is over', back.length, 6)];
  },
});

const isAskedToWait = ({ headers }: Answer): boolean =>
  headers['retry-after'] !== undefined || headers['x-should-retry'] !== 'false';

/** WIRE 8.1, per status: what is made of it where there is another model, and where there is none. */
const table: Readonly<Record<number, { readonly fallsOver: boolean; readonly callsAlone: number }>> = {
  400: { fallsOver: false, callsAlone: 1 },
  401: { fallsOver: true, callsAlone: 1 },
  402: { fallsOver: true, callsAlone: 1 },
  403: { fallsOver: true, callsAlone: 1 },
  404: { fallsOver: true, callsAlone: 1 },
  408: { fallsOver: true, callsAlone: 2 },
  409: { fallsOver: true, callsAlone: 2 },
  413: { fallsOver: false, callsAlone: 1 },
  429: { fallsOver: true, callsAlone: 1 },
  500: { fallsOver: true, callsAlone: 2 },
  502: { fallsOver: true, callsAlone: 2 },
  503: { fallsOver: true, callsAlone: 1 },
  504: { fallsOver: true, callsAlone: 2 },
  529: { fallsOver: true, callsAlone: 1 },
};

export const errorTable = defineScenario({
  id: 'A10',
  title: 'the table of errors, status by status',
  isQuick: true,
  run: async (stage) => {
    const statuses = Object.keys(table).map(Number);
    const upstream = await stage.upstream({
      ...Object.fromEntries(statuses.map((status) => [`s${status}`, sendError(status)])),
      ...Object.fromEntries(statuses.map((status) => [`t${status}`, sendError(status)])),
      good: answers(3),
    });
    const providers = Object.fromEntries(
      statuses.flatMap((status) => [
        [`s${status}`, provider({ url: upstream.url, models: [`s${status}`] })],
        [`t${status}`, provider({ url: upstream.url, models: [`t${status}`] })],
      ]),
    );
    const gateway = await stage.gateway({
      providers: { ...providers, well: provider({ url: upstream.url, models: ['good'] }) },
      routes: Object.fromEntries(
        statuses.flatMap((status) => [
          [`alone${status}`, inTurn(`s${status}/s${status}`)],
          [`over${status}`, inTurn(`t${status}/t${status}`, 'well/good')],
        ]),
      ),
    });

    const alone = await eachOf(statuses, 4, (status) => ask(gateway.url, chatBody(`alone${status}`)));
    const over = await eachOf(statuses, 4, (status) => ask(gateway.url, chatBody(`over${status}`)));

    const callsOf = (model: string): number => upstream.calls.filter((call) => call.model === model).length;
    const wrongAlone = statuses.filter((status) => callsOf(`s${status}`) !== table[status]?.callsAlone);
    const wrongOver = statuses.filter(
      (status, at) => (over[at]?.status === 200) !== table[status]?.fallsOver,
    );
    const unauthorised = alone.filter((_, at) => [401, 403].includes(statuses[at] ?? 0));
    return [
      none(
        `of ${statuses.length} rows asked too often or too seldom (${wrongAlone.join(', ') || 'none'})`,
        wrongAlone.length,
      ),
      none(
        `of ${statuses.length} rows fallen over where they should not, or not (${wrongOver.join(', ') || 'none'})`,
        wrongOver.length,
      ),
      exactly(
        'refusals of our credential told as 502',
        unauthorised.filter(({ status }) => status === 502).length,
        2,
      ),
      none('answers of 401 that would log a client out', alone.filter(({ status }) => status === 401).length),
    ];
  },
});
