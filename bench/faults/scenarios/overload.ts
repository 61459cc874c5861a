import { quantile } from '../../gateway/statistics.ts';
import { type Answer, ask, chatBody, newAgent } from '../caller.ts';
import { atRate, upTo } from '../many.ts';
import { defineScenario, type Figure, none, within } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider, type Stage } from '../stage.ts';

const servedOf = (told: readonly Answer[]): readonly Answer[] => told.filter(({ status }) => status === 200);
const shedOf = (told: readonly Answer[]): readonly Answer[] => told.filter(({ status }) => status === 503);
const p99 = (told: readonly Answer[]): number =>
  quantile(
    told.map(({ totalMs }) => totalMs),
    0.99,
  );

/** Asks for its health all the while; gives the slowest answer. */
const watch = (url: string): { readonly stop: () => Promise<number> } => {
  let slowest = 0;
  let isOver = false;
  const agent = newAgent();
  const watching = (async () => {
    while (!isOver) {
      const paths = ['/healthz', '/v1/models'];
      for (const path of paths) {
        const { totalMs, status } = await ask(url, undefined, { path, method: 'GET' }, agent);
        slowest = Math.max(slowest, status === 200 ? totalMs : Infinity);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      agent.destroy();
      return slowest;
    },
  };
};

export const overload = defineScenario({
  id: 'B11',
  title: 'three times more than can be served',
  isQuick: true,
  run: async (stage) => [...(await tooMany(stage)), ...(stage.isFull ? await tooMuchWork(stage) : [])],
});

/** As many as may be under way, each taking its time. */
const tooMany = async (stage: Stage): Promise<readonly Figure[]> => {
  const places = 50;
  const upstreamMs = 200;
  const perSecond = (places / upstreamMs) * 1000;
  const upstream = await stage.upstream({ good: answers(3, 0, upstreamMs) });
  const gateway = await stage.gateway({
    server: { maxConcurrent: places },
    providers: { p: provider({ url: upstream.url, models: ['good'] }) },
  });
  const askOnce = (): Promise<Answer> => ask(gateway.url, chatBody('p/good'));
  const seconds = stage.count(6, 2);
  await atRate(perSecond / 2, 1000, askOnce);

  const unloaded = await atRate(perSecond / 4, seconds * 1000, askOnce);
  const health = watch(gateway.url);
  const told = await atRate(perSecond * 3, seconds * 1000, askOnce);
  const slowestHealth = await health.stop();

  const served = servedOf(told);
  const shed = shedOf(told);
  return [
    within('places full: refusals, p99', p99(shed), 50),
    none(
      'refusals without Retry-After',
      shed.filter(({ headers }) => !(Number(headers['retry-after']) >= 1)).length,
    ),
    {
      what: 'p99 of those served, beside unloaded',
      value: p99(served) / p99(servedOf(unloaded)),
      unit: '×',
      most: 2,
      isMeasured: true,
    },
    {
      what: 'served, of what can be',
      value: (100 * served.length) / (perSecond * seconds),
      unit: '%',
      least: 90,
      isMeasured: true,
    },
    none('answers that are neither', told.length - served.length - shed.length),
    within('health and models, slowest', slowestHealth, 250),
  ];
};

/** More work than one processor does: long prompts. */
const tooMuchWork = async (stage: Stage): Promise<readonly Figure[]> => {
  const upstream = await stage.upstream({ good: answers(3) });
  const gateway = await stage.gateway({
    providers: { p: provider({ url: upstream.url, models: ['good'] }) },
  });
  const text = 'Please read this report and tell me what it says of boats. '.repeat(2500);
  const body = Buffer.from(JSON.stringify({ model: 'p/good', messages: [{ role: 'user', content: text }] }));
  const agent = newAgent();
  const askOnce = (): Promise<Answer> => ask(gateway.url, body, {}, agent);
  // as many as come through when there are always some waiting: what it can do
  const startedMs = performance.now();
  let done = 0;
  await Promise.all(
    upTo(32).map(async () => {
      while (performance.now() - startedMs < 4000) {
        await askOnce();
        done += 1;
      }
    }),
  );
  const perSecond = done / 4;
  const unloaded = await atRate(perSecond / 2, 4000, askOnce);
  const health = watch(gateway.url);
  const told = await atRate(perSecond * 3, 6000, askOnce);
  const slowestHealth = await health.stop();
  agent.destroy();
  const served = servedOf(told);
  const shed = shedOf(told);
  return [
    { what: 'too much work: requests a second it can do', value: perSecond, unit: '/s', least: 1 },
    {
      what: 'served, of what can be',
      value: (100 * served.length) / (perSecond * 6),
      unit: '%',
      least: 60,
      isMeasured: true,
    },
    within('p99 of those served', p99(served), Math.max(2 * p99(servedOf(unloaded)), 1000)),
    none('answers that are neither', told.length - served.length - shed.length),
    within('health and models, slowest', slowestHealth, 1000),
  ];
};
