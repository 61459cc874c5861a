import { quantile } from '../../gateway/statistics.ts';
import { type Answer, ask, chatBody, newAgent } from '../caller.ts';
import { atRate } from '../many.ts';
import { defineScenario, none, within } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider } from '../stage.ts';

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
  run: async (stage) => {
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
      within('refusals, p99', p99(shed), 50),
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
  },
});
