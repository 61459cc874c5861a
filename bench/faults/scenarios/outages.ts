import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../../gateway/statistics.ts';
import { ask, chatBody } from '../caller.ts';
import { atRate } from '../many.ts';
import type { MockCall, MockUpstream, Script } from '../mock-upstream.ts';
import { defineScenario, type Figure, none, within } from '../scenario.ts';
import { answers, sendError } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

export const totalOutage = defineScenario({
  id: 'A12',
  title: 'everything is down, 200 requests a second',
  isQuick: true,
  run: async (stage) => {
    const seconds = stage.count(60, 3);
    // slow to fail, so that many calls are under way before anybody knows
    const down: Script = async (exchange) => {
      await pause(stage.random.whole(1, 200));
      const status = stage.random.pick([500, 502, 503, 529]);
      if (stage.random.happens(0.2)) exchange.response.destroy();
      else sendError(status)(exchange);
    };
    const upstream = await stage.upstream({ a: down, b: down, c: down });
    const gateway = await stage.gateway({
      providers: {
        p: provider({ url: upstream.url, models: ['a', 'b', 'c'] }),
        q: provider({
          url: upstream.url,
          models: ['a'],
          rest: { key: undefined, keys: [{ key: 'one' }, { key: 'two' }] },
        }),
      },
      routes: { r: inTurn('p/a', 'q/a', 'p/b', 'p/c') },
    });

    const told = await atRate(200, seconds * 1000, (at) =>
      // some name a model: it is asked however unwell it is
      ask(gateway.url, chatBody(at % 4 === 0 ? 'p/a' : 'r'), { headers: { 'x-tierwise-session': `s${at}` } }),
    );

    const attempts = upstream.calls.length;
    const allowed = 1.2 * told.length + 10 * (seconds + 1);
    return [
      { what: `attempts for ${told.length} requests`, value: attempts, unit: '', most: Math.floor(allowed) },
      none('requests without an error of their own', told.filter(({ status }) => status < 500).length),
      within('slowest answer', Math.max(...told.map(({ totalMs }) => totalMs)), 5000),
    ];
  },
});

const periodMs = 10_000;

export const breaker = defineScenario({
  id: 'A13',
  title: 'five failures in a row, a probe a period, and back',
  isQuick: false,
  run: async (stage) => {
    const upstream = await stage.upstream({ a: sendError(503), flaps: sendError(503), good: answers(2) });
    const gateway = await stage.gateway({
      providers: {
        p: provider({ url: upstream.url, models: ['a', 'flaps'] }),
        well: provider({ url: upstream.url, models: ['good'] }),
      },
      routes: { r: inTurn('p/a', 'well/good'), f: inTurn('p/flaps', 'well/good') },
    });
    const of = (model: string): readonly MockCall[] => upstream.calls.filter((call) => call.model === model);
    let isWell = true;
    const flap = setInterval(() => {
      isWell = !isWell;
    }, 1500);
    stage.after(() => clearInterval(flap));
    upstream.script('flaps', (exchange) => (isWell ? answers(2)(exchange) : sendError(503)(exchange)));

    let healedMs = Infinity;
    const heal = setTimeout(() => {
      healedMs = performance.now();
      upstream.script('a', answers(2));
    }, 2.5 * periodMs);
    stage.after(() => clearTimeout(heal));
    const told = await atRate(20, 5 * periodMs, (at) =>
      ask(gateway.url, chatBody(at % 2 === 0 ? 'r' : 'f'), { headers: { 'x-tierwise-session': 's' } }),
    );

    const moments = of('a').map(({ atMs }) => atMs);
    const opened = moments[4] ?? Infinity;
    const whileOpen = moments.filter(
      (ms) => ms > opened + 200 && ms < opened + periodMs * 2.4 && ms < healedMs,
    );
    const back = moments.find((ms) => ms > healedMs) ?? Infinity;
    const figures: Figure[] = [
      within('fifth failure → open', longestBurst(moments, opened), 1000),
      { what: 'probes in two and a half periods', value: whileOpen.length, unit: '', least: 2, most: 2 },
      within('back after it healed', back - healedMs, 2 * periodMs),
      { what: 'openings a period while it flaps', value: mostOpenings(of('flaps')), unit: '', most: 1 },
      none('requests that were not answered', told.filter(({ status }) => status !== 200).length),
    ];
    return figures;
  },
});

/** How long after the fifth failure calls still came. */
const longestBurst = (moments: readonly number[], opened: number): number =>
  Math.max(0, ...moments.filter((ms) => ms < opened + 2000).map((ms) => ms - opened));

/** Most often that calls stopped coming within a period: a pause of seconds is an open circuit. */
const mostOpenings = (calls: readonly MockCall[]): number => {
  const moments = calls.map(({ atMs }) => atMs);
  const openings = moments.filter((ms, at) => (moments[at + 1] ?? ms) - ms > periodMs / 2);
  return Math.max(
    0,
    ...openings.map((from) => openings.filter((ms) => ms >= from && ms < from + periodMs - 100).length),
  );
};

export const slowTarget = defineScenario({
  id: 'A14',
  title: 'one of three regions at ten times the latency',
  isQuick: false,
  run: async (stage) => {
    const usualMs = 60;
    const script = (ms: number): Script => answers(3, 0, ms);
    const regions: MockUpstream[] = [];
    for (const ms of [usualMs, usualMs, usualMs * 10])
      regions.push(
        await stage.upstream({ m: (exchange) => script(ms * (0.8 + 0.4 * stage.random.next()))(exchange) }),
      );
    const keys = regions.map(({ url }, at) => ({ key: `key-${at}`, baseUrl: url }));
    const gateway = await stage.gateway({
      providers: {
        p: provider({ url: regions[0]?.url ?? '', models: ['m'], rest: { key: undefined, keys } }),
      },
    });
    const healthy = await atRate(20, 2000, () =>
      ask(regions[0]?.url.replace('/v1', '') ?? '', chatBody('m', { stream: true })),
    );
    for (const region of regions) region.forget();
    const askOnce = (at: number) =>
      ask(gateway.url, chatBody('p/m', { stream: true }), { headers: { 'x-tierwise-session': `s${at}` } });

    await atRate(50, 10_000, askOnce);
    const shareSoFar = shareOf(regions, 2);
    for (const region of regions) region.forget();
    const later = await atRate(50, 20_000, (at) => askOnce(at + 10_000));

    const p95 = quantile(
      later.map(({ totalMs }) => totalMs),
      0.95,
    );
    const usual = quantile(
      healthy.map(({ totalMs }) => totalMs),
      0.95,
    );
    for (const region of regions) region.script('m', script(usualMs * 10));
    const allSlow = await atRate(20, 3000, (at) => askOnce(at + 20_000));
    return [
      { what: 'its share of the first ten seconds', value: 100 * shareSoFar, unit: '%', most: 15 },
      { what: 'its share of the next twenty', value: 100 * shareOf(regions, 2), unit: '%', most: 15 },
      { what: 'p95 beside a healthy one', value: p95 / usual, unit: '×', most: 1.5, isMeasured: true },
      none('requests not answered when all are slow', allSlow.filter(({ status }) => status !== 200).length),
    ];
  },
});

const shareOf = (regions: readonly MockUpstream[], at: number): number =>
  (regions[at]?.calls.length ?? 0) / regions.reduce((sum, { calls }) => sum + calls.length, 0);
