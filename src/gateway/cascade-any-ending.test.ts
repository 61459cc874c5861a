import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Acceptance } from '../core/decision.ts';
import type { Attempt, Exchange } from '../core/exchange.ts';
import type { ModelId } from '../core/model.ts';
import { dialects } from '../dialects/index.ts';
import { type FakeUpstream, fakeUpstream, type Script } from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { type TestGateway, testGateway } from '../testing/test-gateway.ts';
import { breaks, freeChecks, says } from './cascades.cases.ts';
import { asStream, chatBody, head } from './setting.cases.ts';

const kinds = ['good', 'empty', 'refusal', 'broken', 'cut', 'silent'] as const;
type Kind = (typeof kinds)[number];

interface ModelLike {
  readonly kind: Kind;
  readonly wire: 'openai-compatible' | 'anthropic';
  readonly afterMs: number;
}

interface StepLike {
  readonly models: readonly ModelLike[];
  /** Of a verifier; undefined without one. */
  readonly mark: 0 | 1 | undefined;
}

interface CallerLike {
  readonly stream: boolean;
  /** Undefined where it stays to the end. */
  readonly leavesAfterMs: number | undefined;
}

const models: fc.Arbitrary<ModelLike> = fc.record({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Kind>('good') },
    { weight: 3, arbitrary: fc.constantFrom<Kind>(...kinds) },
  ),
  wire: fc.constantFrom('openai-compatible', 'anthropic'),
  afterMs: fc.constantFrom(0, 0, 5, 25),
});
const steps: fc.Arbitrary<StepLike> = fc.record({
  models: fc.array(models, { minLength: 1, maxLength: 2 }),
  mark: fc.constantFrom(undefined, undefined, 0, 1),
});
const callers: fc.Arbitrary<CallerLike> = fc.record({
  stream: fc.boolean(),
  leavesAfterMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 2 }),
});

const scriptOf = (name: string, { kind }: ModelLike): Script => {
  switch (kind) {
    case 'good':
      return says(`Word of ${name}`);
    case 'empty':
      return says('');
    case 'refusal':
      return says(`I'm sorry, but I can't tell you that, says ${name}.`);
    case 'broken':
      return breaks;
    case 'cut':
      return (response) => {
        asStream(response).write(head.join(''));
        setTimeout(() => response.destroy(), 10);
      };
    default:
      return () => undefined;
  }
};

/** All that one run is made of. */
const stage = async (judged: readonly StepLike[], last: ModelLike) => {
  const upstreams = new Map<string, FakeUpstream>();
  const answers: ServerResponse[] = [];
  const add = async (name: string, like: ModelLike, script = scriptOf(name, like)) => {
    const upstream = await fakeUpstream((response, seen) => {
      answers.push(response);
      setTimeout(() => response.destroyed || script(response, seen), like.afterMs);
    });
    upstreams.set(name, upstream);
    return { name, url: upstream.url, kind: like.wire, timeouts: quick };
  };
  const all = [];
  const plan = [];
  for (const [at, step] of judged.entries()) {
    const ask = step.models.map((_, index) => `s${at}m${index}`);
    for (const [index, like] of step.models.entries()) all.push(await add(ask[index] as string, like));
    const judge = `judge${at}`;
    if (step.mark !== undefined)
      all.push(await add(judge, step.models[0] as ModelLike, says(`{"mark": ${step.mark}}`)));
    const acceptIf: Acceptance = {
      ...freeChecks,
      ...(ask.length > 1 && { agreement: 0.3 }),
      ...(step.mark !== undefined && {
        verifier: { model: `p-${judge}/${judge}` as ModelId, atLeast: 0.5 },
      }),
    };
    plan.push({ ask, acceptIf });
  }
  all.push(await add('last', last));
  const gateway = await testGateway(all, dialects, {
    plan: [...plan, { ask: ['last'] }],
    retries: { share: 1, perSecond: 100 },
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    for (const upstream of upstreams.values()) await upstream.close();
  };
  return { gateway, upstreams, answers, close };
};

const quick = { connectMs: 200, firstByteMs: 150, idleMs: 150, totalMs: 1500 };

/** What the caller got, or undefined where it left. */
const call = async ({ url }: TestGateway, { stream, leavesAfterMs }: CallerLike) => {
  const connection = await rawConnection(url);
  connection.write(rawPost('/v1/chat/completions', chatBody({ stream }), ['connection: close']));
  if (leavesAfterMs === undefined) return await connection.closed();
  await sleep(leavesAfterMs);
  connection.destroy();
  return undefined;
};

const isAnswer = ({ outcome, passedOver, role }: Attempt): boolean =>
  outcome === 'ok' && passedOver === undefined && !role;

/** Every call is on the bill, within what was reserved for it, and the answer is one that may have gone out. */
const isSound = (exchange: Exchange, { intents }: TestGateway, calls: number): void => {
  const { attempts, cost, outcome, model } = exchange;
  // a call may be broken off before it has arrived
  const cancelled = attempts.filter((attempt) => attempt.outcome === 'cancelled').length;
  expect(attempts.length).toBeGreaterThanOrEqual(calls);
  expect(attempts.length - cancelled).toBeLessThanOrEqual(calls);
  expect(cost).toBe(attempts.reduce((sum, attempt) => sum + attempt.cost, 0n));
  expect(intents.map(({ attempt }) => attempt)).toEqual(intents.map((_, index) => index));
  const left = [...intents];
  for (const attempt of attempts) {
    const at = left.findIndex((intent) => intent.model === attempt.model);
    const [intent] = left.splice(at, 1);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(attempt.cost).toBeLessThanOrEqual(intent?.reserved ?? -1n);
  }
  if (outcome === 'ok') expect(attempts.filter(isAnswer).map((one) => one.model)).toEqual([model]);
  if (outcome === 'failed') expect(attempts.filter(isAnswer)).toEqual([]);
};

const words = (got: string): string =>
  [...got.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');

/** One answer or one error, and nothing of what was passed over. */
const isTold = (got: string, exchange: Exchange): void => {
  const said = words(got);
  const name = exchange.model?.split('/')[1] ?? '';
  if (exchange.outcome === 'ok') {
    expect(got).toMatch(/^HTTP\/1.1 200 /);
    const isLast = name === 'last';
    if (!isLast || said.startsWith('Word')) expect(said).toBe(`Word of ${name}`);
  } else if (exchange.outcome === 'failed') expect(got).toMatch(/"error":/);
  if (name !== 'last') expect(said).not.toContain('sorry');
};

const openThings = (): number =>
  process.getActiveResourcesInfo().filter((name) => /^(?:TCP|Timeout|Immediate)/.test(name)).length;

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await sleep(10);
  expect(isSo()).toBe(true);
};

it('whatever is judged, and whoever leaves, one answer at most goes out, all calls are booked, and nothing is left behind', async () => {
  const before = openThings();
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 2 }),
      models,
      callers,
      async (judged, last, caller) => {
        const { gateway, upstreams, answers, close } = await stage(judged, last);
        try {
          const got = await call(gateway, caller);
          // a caller may be gone before its request is read
          if (got === undefined) await sleep(60);
          if (got === undefined && gateway.intents.length === 0) return;
          const [exchange] = await gateway.settled(1);
          await until(() => answers.every((answer) => answer.writableFinished || answer.destroyed));
          const calls = [...upstreams.values()].reduce((sum, { seen }) => sum + seen.length, 0);
          isSound(exchange as Exchange, gateway, calls);
          if (got !== undefined) isTold(got, exchange as Exchange);
          expect(gateway.exchanges).toHaveLength(1);
        } finally {
          await close();
        }
      },
    ),
    { numRuns: 30 },
  );
  await until(() => openThings() <= before);
}, 120_000);
