import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, ask, chatBody } from '../caller.ts';
import { settledOf } from '../invariants.ts';
import { until, upTo } from '../many.ts';
import { defineScenario, exactly, none, within } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider } from '../stage.ts';

export const stopping = defineScenario({
  id: 'B13',
  title: 'SIGTERM under streams',
  isQuick: true,
  run: async (stage) => {
    const graceMs = stage.count(6000, 2000);
    const upstream = await stage.upstream({
      // half are over within the grace, half are not
      short: answers(Math.floor(graceMs / 200), 100),
      long: answers(10_000, 100),
    });
    const gateway = await stage.gateway({
      server: { shutdownGrace: `${graceMs}ms` },
      providers: { p: provider({ url: upstream.url, models: ['short', 'long'] }) },
    });
    const count = stage.count(1000, 40);
    const streams = upTo(count).map((at) =>
      ask(gateway.url, chatBody(at % 2 === 0 ? 'p/short' : 'p/long', { stream: true })),
    );
    await until(() => upstream.calls.filter(({ generated }) => generated > 0).length === count, 15_000);

    const startedMs = performance.now();
    const exiting = gateway.stop('SIGTERM').then((code) => ({ code, ms: performance.now() - startedMs }));
    await pause(50);
    const ready = await ask(gateway.url, undefined, { path: '/readyz', method: 'GET' });
    const late = await ask(gateway.url, chatBody('p/short'));
    const told = await Promise.all(streams);
    const { code, ms } = await exiting;

    const isWhole = ({ text }: Answer): boolean => text.endsWith('data: [DONE]\n\n');
    const isTold = ({ text }: Answer): boolean => /"error":\{[^\n]*\n\n$/.test(text);
    const rows = await settledOf(gateway, count);
    return [
      exactly(
        'taken no more at once (readyz and requests)',
        [ready, late].filter(({ status }) => status === 200).length,
        0,
      ),
      exactly('streams within the grace that came whole', told.filter(isWhole).length, count / 2),
      exactly(
        'streams cut at its end with an error frame',
        told.filter((one) => !isWhole(one) && isTold(one)).length,
        count / 2,
      ),
      exactly('rows', rows.length, count),
      none(
        'rows of cut streams not marked partial',
        rows.filter(({ outcome }) => outcome === 'partial').length === count / 2 ? 0 : 1,
      ),
      within('gone after the grace', ms - graceMs, 2000),
      exactly('exit code', code ?? -1, 0),
    ];
  },
});
