/**
 * What the path of a request costs by itself: reading, deciding, asking and booking, with a ledger that keeps
 * nothing and an upstream that answers at once, both without sockets. A request's processor time, and the time
 * and number of the young generation's collections.
 *
 *   node bench/path.ts [requests]
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { configFromText } from '../src/app/config.ts';
import { composeSnapshot } from '../src/app/snapshot.ts';
import type { ExchangeId } from '../src/core/exchange.ts';
import type { Dialect } from '../src/dialects/dialect.ts';
import { Embedder } from '../src/gateway/embedder.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import type { Outlet } from '../src/gateway/outlet.ts';
import { timeSortedId } from '../src/kit/ids.ts';
import { realWorld } from '../src/kit/world.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { DownloadError } from '../src/providers/download.ts';
import { Health } from '../src/providers/health.ts';
import { RetryBudget } from '../src/providers/retry-budget.ts';
import { Egress, type OngoingCall, type UpstreamCall, type UpstreamListener } from '../src/providers/send.ts';
import { readReceived } from '../src/server/received.ts';
import { forgetfulCarrier } from '../src/testing/test-gateway.ts';
import { events, jsonBody } from './gateway/upstream.ts';
import { requestBody } from './gateway/workloads.ts';

const count = Number(process.argv[2] ?? 100_000);
const atOnce = 64;

const config = configFromText(
  `
providers:
  bench:
    type: openai-compatible
    baseUrl: http://127.0.0.1:9/v1
    key: bench-upstream-key
    models:
      small: { tier: light, prices: { input: 0.1, output: 0.4 }, contextTokens: 200000, maxOutputTokens: 32000 }
      middle: { tier: mid, prices: { input: 1, output: 4 }, contextTokens: 200000, maxOutputTokens: 32000 }
      large: { tier: frontier, prices: { input: 5, output: 25 }, contextTokens: 200000, maxOutputTokens: 32000 }
`,
  { environment: {}, folder: '.' },
).config;
if (!config) throw new Error('the configuration of the bench cannot be read');

const ongoing: OngoingCall = {
  pause: () => undefined,
  resume: () => undefined,
  abort: () => undefined,
  wasSent: true,
  secret: undefined,
};
const answers = {
  json: { type: 'application/json', pieces: [Buffer.from(jsonBody)] },
  stream: {
    type: 'text/event-stream',
    pieces: [...events, 'data: [DONE]\n\n'].map((event) => Buffer.from(event)),
  },
};

class EgressAtHand extends Egress {
  override send(call: UpstreamCall, listener: UpstreamListener): OngoingCall {
    const isStream = (call.body as Buffer).includes('"stream":true');
    const { type, pieces } = isStream ? answers.stream : answers.json;
    setImmediate(() => {
      listener.sent();
      listener.started(200, { 'content-type': type });
      for (const piece of pieces) listener.data(piece);
      listener.ended();
    });
    return ongoing;
  }
}

const nowhere = (): Outlet => ({
  start: () => undefined,
  write: () => true,
  end: () => undefined,
  destroy: () => undefined,
  onDrain: () => undefined,
  onGone: () => undefined,
  onCut: () => undefined,
  hasStarted: false,
  isGone: false,
  cutBy: undefined,
});

const health = new Health(realWorld);
const carrier = forgetfulCarrier();
const { snapshot } = composeSnapshot(config, {
  isHealthy: (model, credentials) => health.isHealthy(model, credentials),
  waitMs: () => 0,
  now: () => realWorld.now(),
  recall: (caller, session) => carrier.memory.recall(caller, session),
  simulation: undefined,
});
const budget = new RetryBudget(realWorld, () => config.retries);
const durable = Promise.resolve();
let settled = 0;
const egress = new EgressAtHand();
const ledger: Ledger = {
  intend: () => durable,
  settle: ({ outcome }) => {
    if (outcome === 'ok') settled += 1;
  },
  flush: () => durable,
  close: () => durable,
};
const gateway: Gateway = createGateway({
  snapshot: () => snapshot,
  egress,
  health,
  embedder: new Embedder({ egress, ledger, health, world: realWorld }),
  retries: budget,
  hedges: budget,
  ledger,
  carrier,
  fetchMedia: () => Promise.reject(new DownloadError('there is no network')),
  world: realWorld,
  observers: [],
  onRefused: (error) => console.log(error.message),
  onFault: (error) => console.log(error.message),
});

const dialect = snapshot.dialects.get('openai-chat') as Dialect;
const headers = { 'content-type': 'application/json', 'user-agent': 'bench' };

const run = async (body: Buffer, requests: number): Promise<void> => {
  let left = requests;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const receivedAt = Date.now();
      const id = timeSortedId(receivedAt) as ExchangeId;
      const credentials = { gatewayKey: undefined, vendorKey: undefined };
      const read = () =>
        readReceived({
          id,
          receivedAt,
          dialect,
          bytes: Buffer.from(body),
          headers,
          query: '',
          wanted: {},
          dialects: snapshot.dialects,
        });
      await gateway.answer(read, { dialect, requestId: id, credentials }, nowhere());
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
};

let collections = 0;
let collectingMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    collections += 1;
    collectingMs += duration;
  }
}).observe({ entryTypes: ['gc'] });

for (const kind of ['json', 'stream'] as const) {
  const body = requestBody(kind);
  const requests = kind === 'json' ? count : Math.ceil(count / 5);
  await run(body, Math.ceil(requests / 4));
  collections = collectingMs = settled = 0;
  const before = process.threadCpuUsage();
  const all = process.cpuUsage();
  await run(body, requests);
  const { user, system } = process.threadCpuUsage(before);
  const whole = process.cpuUsage(all);
  await nextTurn();
  const us = (value: number): string => (value / requests).toFixed(2);
  console.log(
    `${kind.padEnd(7)} ${us(user + system)} µs on the event loop, ${us(whole.user + whole.system)} in all, ` +
      `of it ${us(collectingMs * 1000)} collecting (${collections} times); ${settled} of ${requests} answered`,
  );
}
