import { quantile } from '../../gateway/statistics.ts';
import { ask, chatBody } from '../caller.ts';
import { settledOf } from '../invariants.ts';
import { eachOf, until, upTo } from '../many.ts';
import type { MockExchange } from '../mock-upstream.ts';
import { defineScenario, exactly, none, within } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

/** Every such call of the first key says nothing: more than may be hedged, so that the bound is seen. */
const silentEvery = 10;

export const hedging = defineScenario({
  id: 'A15',
  title: 'hedging, where one call in ten says nothing',
  isQuick: true,
  run: async (stage) => {
    let calls = 0;
    const answer = answers(3);
    const upstream = await stage.upstream({
      good: (exchange: MockExchange) => {
        calls += 1;
        return calls % silentEvery === 0 ? undefined : answer(exchange);
      },
    });
    const gateway = await stage.gateway({
      retries: { hedgeAfter: '150ms' },
      providers: {
        p: provider({
          url: upstream.url,
          models: ['good'],
          timeouts: { firstByte: '1s' },
          rest: { key: undefined, keys: [{ key: 'one' }, { key: 'two' }] },
        }),
      },
      routes: { hedged: { ...inTurn('p/good'), hedge: true } },
    });
    const count = stage.count(400, 120);

    await eachOf(upTo(count), 4, (at) => ask(gateway.url, chatBody('hedged', { stream: at % 2 === 0 })));

    const rows = await settledOf(gateway, count);
    const hedged = rows.filter(({ attempts }) =>
      attempts.some(({ message }) => message === 'another call answered first'),
    );
    const losers = upstream.calls.filter(({ endedMs }) => endedMs === undefined);
    await until(() => losers.every(({ closedMs }) => closedMs !== undefined), 3000);
    const answeredMs = upstream.calls.flatMap(({ endedMs }) => (endedMs === undefined ? [] : [endedMs]));
    // from the answer that won to the loser's end: the latest answer before the loser was let go
    const lateMs = losers
      .filter(({ atMs, closedMs = Infinity }) => closedMs - atMs < 900)
      .map(({ closedMs = Infinity }) => closedMs - Math.max(0, ...answeredMs.filter((ms) => ms <= closedMs)));
    return [
      {
        what: 'calls made beside others, of all requests',
        value: hedged.length / count,
        unit: '',
        most: 0.05,
        least: 0.01,
      },
      within('p99 until the loser is let go', quantile(lateMs, 0.99), 250),
      none('losers that are not booked', hedged.filter(({ attempts }) => attempts[0]?.cost === 0n).length),
      none(
        'rows whose cost is not the sum of both',
        hedged.filter(
          ({ attempts, cost }) => attempts.reduce((sum, attempt) => sum + attempt.cost, 0n) !== cost,
        ).length,
      ),
      exactly(
        'hedged requests that were answered',
        hedged.filter(({ outcome }) => outcome === 'ok').length,
        hedged.length,
      ),
    ];
  },
});
