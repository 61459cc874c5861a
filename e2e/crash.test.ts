import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../src/core/exchange.ts';
import type { BookEntry } from '../src/simulator/book.ts';
import { createRandom } from '../src/simulator/chance.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { worldModels } from '../src/simulator/world-models.ts';
import { type ConfigFile, startGateway } from './support/gateway-process.ts';
import { ledgerIn } from './support/ledger.ts';
import { type LoadCall, mostAnswerTokens, startLoad } from './support/load.ts';
import { simulatedProvider } from './support/simulated-providers.ts';

const kills = 20;

/** One life of the gateway, from its start to its kill. */
type Life = readonly LoadCall[];

describe('a gateway killed under load, again and again', () => {
  let folder: string;
  let upstream: Upstream;
  const lives: Life[] = [];
  let exchanges: readonly Exchange[];
  /** Of calls the upstream saw: its own count of them, by exchange. */
  let seen: ReadonlyMap<string, BookEntry>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierwise-e2e-crash-'));
    upstream = await startUpstream({ speed: 8, keepRequests: 100_000 });
    const config: ConfigFile = {
      providers: {
        one: simulatedProvider('simulated-openai', upstream.url),
        two: simulatedProvider('simulated-anthropic', upstream.url),
      },
    };
    const models = ['auto', 'one/sim-light-a', 'two/sim-mid-b', 'one/sim-frontier-a'];
    const random = createRandom('kills');
    for (let kill = 1; kill <= kills; kill += 1) {
      const gateway = await startGateway({ config, folder });
      const load = startLoad({ url: gateway.url, models, seed: String(kill), everyMs: 6 });
      await pause(random.whole(40, 900));
      await gateway.stop('SIGKILL');
      await load.stop();
      lives.push(load.calls);
    }
    // what the last kill cut off is settled by one more start
    const gateway = await startGateway({ config, folder });
    expect(await gateway.stop()).toBe(0);
    while (upstream.book.totals().open > 0) await pause(20);

    const ledger = await ledgerIn(folder);
    exchanges = await ledger.list({ limit: 1_000_000 });
    await ledger.close();
    seen = new Map(upstream.book.entries().map((entry) => [entry.exchange ?? '', entry]));
  }, 150_000);

  afterAll(async () => {
    await upstream?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every exchange the upstream saw exactly once', () => {
    const times = new Map<string, number>();
    for (const { id } of exchanges) times.set(id, (times.get(id) ?? 0) + 1);
    const lost = [...seen.keys()].filter((id) => !times.has(id));
    const duplicates = [...times].filter(([, count]) => count > 1);
    const estimated = exchanges.filter(({ id, isEstimated }) => isEstimated && seen.has(id));
    const exact = exchanges.filter(({ id, isEstimated }) => !isEstimated && seen.has(id));
    console.info(
      `${kills} kills: the upstream saw ${seen.size} exchanges (${upstream.book.totals().cut} cut): ${exact.length} exact, ${estimated.length} estimated, ${lost.length} lost, ${duplicates.length} twice; ${exchanges.length - exact.length - estimated.length} more were intended and never sent`,
    );

    expect(lost).toEqual([]);
    expect(duplicates).toEqual([]);
    expect(seen.size).toBe(upstream.book.totals().calls);
    expect(exact.length).toBeGreaterThan(kills);
    expect(estimated.length).toBeGreaterThan(kills / 2);
  });

  it('has the exact cost of what was finished and settled', () => {
    const finished = exchanges.filter(({ isEstimated }) => !isEstimated);

    const wrong = finished.filter(
      ({ id, outcome, cost }) => outcome !== 'ok' || seen.get(id)?.costNanoUsd !== String(cost),
    );

    expect(wrong).toEqual([]);
    expect(finished.every(({ id }) => seen.get(id)?.outcome === 'complete')).toBe(true);
  });

  it('never estimates what was answered before it wrote anything later', () => {
    const exchangeOf = new Map(upstream.requests().map(({ headers, body }) => [markIn(body), headers]));
    const isEstimated = new Map(exchanges.map((exchange) => [exchange.id as string, exchange.isEstimated]));
    const idOf = ({ mark }: LoadCall) => String(exchangeOf.get(mark)?.['x-tierwise-exchange']);

    // the journal is one line of records: who was seen upstream was written, and so was all before it
    const early = lives.flatMap((calls) => {
      const lastSeen = calls.findLast(({ mark }) => exchangeOf.has(mark));
      return calls.filter(({ endedAt }) => endedAt !== undefined && endedAt < (lastSeen?.startedAt ?? 0));
    });

    expect(early.length).toBeGreaterThan(kills);
    expect(early.filter((call) => isEstimated.get(idOf(call)) !== false)).toEqual([]);
  });

  it('has estimates between what was delivered and what was reserved', () => {
    const bodies = new Map(lives.flat().map(({ mark, body }) => [mark, Buffer.byteLength(body)]));
    const bytesOf = new Map(
      upstream
        .requests()
        .map(({ headers, body }) => [headers['x-tierwise-exchange'], bodies.get(markIn(body))]),
    );
    const estimated = exchanges.filter(({ id, isEstimated }) => isEstimated && seen.has(id));

    const wrong = estimated.flatMap(({ id, cost, outcome, errorCode }) => {
      const entry = seen.get(id) as BookEntry;
      const least = BigInt(entry.costNanoUsd);
      const most = mostCost(entry.model, bytesOf.get(id) ?? 0);
      return cost >= least && cost <= most && outcome === 'partial'
        ? []
        : [{ id, least, cost, most, errorCode }];
    });

    expect(wrong).toEqual([]);
  });
});

const markIn = (body: Buffer): string => /#\d+-\d+#/.exec(body.toString())?.[0] ?? '';

/** By hand: a token is at least a byte, and what vendors add to a prompt is less than 2,048 tokens. */
const mostCost = (name: string, bytes: number): bigint => {
  const prices = worldModels.find((model) => model.name === name)?.prices;
  const nanoPerToken = (usd: string | undefined) => Math.round(Number(usd) * 1000);
  const { output, input, ...others } = prices ?? { output: '0', input: '0' };
  const dearest = Math.max(...[input, ...Object.values(others)].map(nanoPerToken));
  return BigInt((bytes + 2048) * dearest + mostAnswerTokens * nanoPerToken(output));
};
