import { setTimeout as pause } from 'node:timers/promises';
import { rawConnection } from '../../../src/testing/raw-connection.ts';
import { quantile } from '../../gateway/statistics.ts';
import { ask, chatBody } from '../caller.ts';
import { settledOf } from '../invariants.ts';
import { eachOf, until, upTo } from '../many.ts';
import type { MockCall, Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none, within } from '../scenario.ts';
import { answers, sendError, silent, startStream } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

/** In which state of its request a caller hangs up: the model that brings it there, and how it is asked. */
const phases: Readonly<Record<string, { readonly script: Script; readonly stream: boolean }>> = {
  beforeHeaders: { script: silent, stream: true },
  beforeFirstByte: { script: (exchange) => startStream(exchange), stream: true },
  midStream: { script: answers(10_000, 10), stream: true },
  whole: { script: silent, stream: false },
  retrySleep: { script: sendError(429, { 'retry-after-ms': '1900' }), stream: false },
};

export const hangUps = defineScenario({
  id: 'B5',
  title: 'callers that hang up, in every phase',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(phases);
    const upstream = await stage.upstream({
      ...Object.fromEntries(Object.entries(phases).map(([name, { script }]) => [name, script])),
      good: answers(3),
    });
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: [...names, 'good'] }) },
      routes: Object.fromEntries(names.map((name) => [name, inTurn(`p/${name}`)])),
    });
    const count = stage.count(40, 5);
    const asks = upTo(count).flatMap(() => names.filter((name) => name !== 'retrySleep'));

    const goneMs = new Map<MockCall, number>();
    await eachOf(asks, 1, async (name, at) => {
      const hangUp = new AbortController();
      const before = upstream.calls.length;
      const asking = ask(gateway.url, chatBody(name, { stream: phases[name]?.stream === true }), {
        hangUp: hangUp.signal,
      });
      await until(() => upstream.calls.length > before, 3000);
      await pause(20 + (at % 7) * 10);
      const call = upstream.calls[before];
      if (call) goneMs.set(call, performance.now());
      hangUp.abort();
      await asking;
      await until(() => call?.closedMs !== undefined, 2000);
    });
    const lateMs = [...goneMs].map(([call, ms]) => (call.closedMs ?? Infinity) - ms);
    const beforeSleep = upstream.calls.length;
    const sleeper = new AbortController();
    const sleeping = ask(gateway.url, chatBody('retrySleep'), { hangUp: sleeper.signal });
    await pause(400);
    sleeper.abort();
    await sleeping;
    const halfHeaders = await rawConnection(gateway.url);
    halfHeaders.write(
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n{"model":"good"',
    );
    halfHeaders.reset();
    await pause(2500);

    const rows = await settledOf(gateway, asks.length + 1);
    return [
      within(`p99 of ${asks.length} hang-ups until the upstream is let go`, quantile(lateMs, 0.99), 250),
      none('upstreams never let go', lateMs.filter((ms) => !Number.isFinite(ms)).length),
      exactly('calls after a hang-up in a retry’s sleep', upstream.calls.length - beforeSleep, 1),
      none('rows not marked so', rows.filter(({ outcome }) => outcome !== 'client-gone').length),
    ];
  },
});

/** USD a token, in the nano-dollars of the ledger: 4 USD a million. */
const nanoPerToken = 4000n;
const mostAnswer = 2000;

export const moneyOnHangUp = defineScenario({
  id: 'B6',
  title: 'what a broken-off answer costs',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({
      slow: answers(1900, 5),
      fast: answers(1900, 0),
      gemini: geminiWords,
    });
    const gateway = await stage.gateway({
      providers: {
        p: provider({ url: upstream.url, models: ['slow', 'fast'] }),
        g: provider({ url: upstream.url.replace('/v1', '/v1beta'), models: ['gemini'], type: 'google' }),
      },
    });
    const count = stage.count(60, 8);
    const models = upTo(count).map((at) => ['p/slow', 'p/fast', 'g/gemini'][at % 3] as string);
    const atHangUp: { readonly model: string; readonly generated: number }[] = [];

    await eachOf(models, 1, async (model) => {
      const hangUp = new AbortController();
      const before = upstream.calls.length;
      const asking = ask(gateway.url, chatBody(model, { stream: true, max_tokens: mostAnswer }), {
        hangUp: hangUp.signal,
      });
      await until(() => upstream.calls.length > before, 3000);
      await pause(stage.random.whole(0, 400));
      const generated = upstream.calls[before]?.generated ?? 0;
      hangUp.abort();
      await asking;
      atHangUp.push({ model, generated });
    });

    const rows = await settledOf(gateway, models.length);
    const gone = rows
      .map((row, at) => ({ row, known: atHangUp[at] }))
      .filter(({ row }) => row.outcome === 'client-gone');
    const most = BigInt(mostAnswer) * nanoPerToken + 1_000_000n;
    const gemini = gone.filter(({ known }) => known?.model === 'g/gemini');
    return [
      none(
        'rows that cost less than was generated',
        gone.filter(({ row, known }) => row.cost < BigInt(known?.generated ?? 0) * nanoPerToken).length,
      ),
      none('rows that cost more than was reserved', gone.filter(({ row }) => row.cost > most).length),
      none('rows of hang-ups not marked as estimates', gone.filter(({ row }) => !row.isEstimated).length),
      none(
        'of Gemini, charged as if hanging up stopped it',
        gemini.filter(({ row }) => row.cost < BigInt(mostAnswer) * nanoPerToken).length,
      ),
      {
        what: 'hang-ups seen, Gemini’s among them',
        value: gemini.length > 0 ? gone.length : 0,
        unit: '',
        least: Math.floor(count / 3),
      },
    ];
  },
});

const geminiWords: Script = async (exchange) => {
  const { response, call } = exchange;
  startStream(exchange);
  for (const _ of upTo(1900)) {
    if (response.destroyed) return;
    call.generated += 1;
    const said = { candidates: [{ content: { role: 'model', parts: [{ text: 'word ' }] }, index: 0 }] };
    response.write(`data: ${JSON.stringify(said)}\r\n\r\n`);
    await pause(5);
  }
  response.end();
};
