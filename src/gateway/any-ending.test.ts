import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Exchange } from '../core/exchange.ts';
import { dialects } from '../dialects/index.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  fakeUpstream,
  messagesAnswer,
  messagesFrames,
} from '../testing/fake-upstream.ts';
import { rawConnection, rawPost } from '../testing/raw-connection.ts';
import { type TestGateway, testGateway } from '../testing/test-gateway.ts';
import { chatBody } from './setting.cases.ts';

type Kind = 'openai-compatible' | 'anthropic';

interface Behaviour {
  readonly kind: Kind;
  readonly answers:
    | 'as asked'
    | 'error'
    | 'error in 200'
    | 'page'
    | 'redirect'
    | 'nothing'
    | 'reset'
    | 'half';
  readonly status: number;
  readonly words: readonly string[];
  readonly usage: 'told' | 'never' | 'negative' | 'huge' | 'null';
  /** Share of its bytes after which it ends in another way. */
  readonly upTo: number;
  readonly ends: 'well' | 'reset' | 'early' | 'silence' | 'error' | 'garbage';
  readonly pieceBytes: number;
  readonly pauseMs: number;
}

interface CallerBehaviour {
  readonly path: '/v1/chat/completions' | '/v1/messages';
  readonly stream: boolean;
  readonly asksForUsage: boolean;
  readonly does: 'reads' | 'leaves' | 'resets' | 'ends' | 'pauses';
  readonly afterMs: number;
}

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  kind: fc.constantFrom<Kind>('openai-compatible', 'anthropic'),
  answers: fc.oneof(
    { weight: 5, arbitrary: fc.constant('as asked' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Behaviour['answers']>(
        ...(['error', 'error in 200', 'page', 'redirect', 'nothing', 'reset', 'half'] as const),
      ),
    },
  ),
  status: fc.constantFrom(400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 529),
  words: fc.array(fc.constantFrom('a', 'word ', '"}\n\n', 'data: [DONE]', '日本', '\u2028'), {
    minLength: 1,
    maxLength: 6,
  }),
  usage: fc.oneof(
    { weight: 3, arbitrary: fc.constant('told' as const) },
    { weight: 2, arbitrary: fc.constantFrom<Behaviour['usage']>('never', 'negative', 'huge', 'null') },
  ),
  upTo: fc.double({ min: 0, max: 0.9, noNaN: true }),
  ends: fc.oneof(
    { weight: 3, arbitrary: fc.constant('well' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Behaviour['ends']>('reset', 'early', 'silence', 'error', 'garbage'),
    },
  ),
  pieceBytes: fc.constantFrom(1, 7, 64, 100_000),
  pauseMs: fc.constantFrom(0, 0, 1),
});

const callers: fc.Arbitrary<CallerBehaviour> = fc.record({
  path: fc.constantFrom('/v1/chat/completions', '/v1/messages'),
  stream: fc.boolean(),
  asksForUsage: fc.boolean(),
  does: fc.oneof(
    { weight: 3, arbitrary: fc.constant('reads' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<CallerBehaviour['does']>('leaves', 'resets', 'ends', 'pauses'),
    },
  ),
  afterMs: fc.integer({ min: 0, max: 60 }),
});

const usages: Readonly<Record<Behaviour['usage'], unknown>> = {
  told: { prompt_tokens: 12, completion_tokens: 9, input_tokens: 12, output_tokens: 9 },
  negative: { prompt_tokens: -12, completion_tokens: -9, input_tokens: -12, output_tokens: -9 },
  huge: { prompt_tokens: 1e30, completion_tokens: 1e30, input_tokens: 1e30, output_tokens: 1e30 },
  null: null,
  never: undefined,
};

const bytesOf = ({ kind, words, usage }: Behaviour, isStream: boolean): Buffer => {
  const text = words.join('');
  const told = { usage: usages[usage] };
  if (!isStream)
    return Buffer.from(
      JSON.stringify(
        kind === 'anthropic' ? { ...messagesAnswer(text), ...told } : { ...chatAnswer(text), ...told },
      ),
    );
  const frames = (kind === 'anthropic' ? messagesFrames : chatFrames)(words, { input: 12, output: 9 });
  const usageText = usage === 'never' ? '"nothing":0' : `"usage":${JSON.stringify(usages[usage])}`;
  return Buffer.from(frames.map((frame) => frame.replace(/"usage":\{[^}]*\}/, usageText)).join(''));
};

const endWith = (response: ServerResponse, ends: Behaviour['ends']): void => {
  if (ends === 'reset') response.socket?.resetAndDestroy();
  else if (ends === 'error')
    response.end(
      '\n\nevent: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"over"}}\n\n',
    );
  else if (ends === 'garbage') response.end('\n\ndata: {"half":\n\n');
  else if (ends !== 'silence') response.end();
};

const play = async (response: ServerResponse, asked: string, behaviour: Behaviour): Promise<void> => {
  const { answers, status, ends, upTo, pieceBytes, pauseMs } = behaviour;
  const json = { 'content-type': 'application/json' };
  const error = JSON.stringify({ type: 'error', error: { type: 'x', message: 'no' } });
  switch (answers) {
    case 'error':
      response.writeHead(status, json).end(error);
      return;
    case 'error in 200':
      response.writeHead(200, json).end(error);
      return;
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>');
      return;
    case 'redirect':
      response.writeHead(302, { location: '/' }).end();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'half':
      response.writeHead(200, { ...json, 'content-length': 10_000 });
      response.write('{', () => response.destroy());
      return;
    case 'nothing':
      return;
    default:
  }
  const isStream = asked.includes('"stream":true');
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  const whole = bytesOf(behaviour, isStream);
  const bytes = ends === 'well' ? whole : whole.subarray(0, Math.floor(whole.length * upTo));
  for (let at = 0; at < bytes.length && !response.destroyed; at += pieceBytes) {
    response.write(bytes.subarray(at, at + pieceBytes));
    if (pauseMs > 0 || at % 512 < pieceBytes) await sleep(pauseMs);
  }
  endWith(response, ends);
};

/** What the caller got in the end, or undefined where it did not stay to see. */
const call = async (gateway: TestGateway, caller: CallerBehaviour): Promise<string | undefined> => {
  const { path, stream, asksForUsage, does, afterMs } = caller;
  const connection = await rawConnection(gateway.url);
  const options = stream &&
    asksForUsage &&
    path !== '/v1/messages' && { stream_options: { include_usage: true } };
  connection.write(rawPost(path, chatBody({ max_tokens: 50, stream, ...options }), ['connection: close']));
  if (does === 'reads') return await connection.closed();
  await sleep(afterMs);
  if (does === 'pauses') {
    connection.pause();
    await sleep(50);
    connection.resume();
    return await connection.closed();
  }
  connection[does === 'leaves' ? 'destroy' : does === 'resets' ? 'reset' : 'end']();
  return undefined;
};

const isSound = (
  { outcome, attempts, cost, status, errorCode, model }: Exchange,
  gateway: TestGateway,
): void => {
  const { intents } = gateway;
  const last = attempts.at(-1);
  for (const { outcome: earlier } of attempts.slice(0, -1)) expect(earlier).toBe('failed');
  expect(intents.length).toBeGreaterThanOrEqual(attempts.length);
  attempts.forEach((attempt, index) => {
    expect(intents[index]).toMatchObject({ attempt: index, model: attempt.model });
    expect(attempt.cost).toBeGreaterThanOrEqual(0n);
    expect(attempt.cost).toBeLessThanOrEqual(intents[index]?.reserved ?? -1n);
    expect(attempt.totalMs).toBeGreaterThanOrEqual(0);
  });
  expect(cost).toBe(attempts.reduce((sum, attempt) => sum + attempt.cost, 0n));
  expect(errorCode === null).toBe(outcome === 'ok');
  if (outcome === 'ok') expect([last?.outcome, status, model]).toEqual(['ok', 200, last?.model]);
  else if (outcome === 'partial') expect([last?.outcome, status]).toEqual(['cut', 200]);
  else if (outcome === 'client-gone') expect(status).toBe(499);
  else expect(['failed', undefined]).toContain(last?.outcome);
};

const wholeEnd = /data: \[DONE\]\n\n\r\n0\r\n|event: message_stop\n/;

const isTold = (got: string, { outcome, status }: Exchange, { stream }: CallerBehaviour): void => {
  if (outcome === 'ok') {
    expect(got).toMatch(/^HTTP\/1.1 200 /);
    if (stream) expect(got).toMatch(/data: \[DONE\]|event: message_stop|"finish_reason":"(?!null)/);
  } else if (outcome === 'partial') {
    expect(got).toMatch(/"error":\{/);
    expect(got).not.toMatch(wholeEnd);
  } else if (outcome === 'failed') expect(got).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"error":`));
};

const openThings = (): number =>
  process.getActiveResourcesInfo().filter((name) => /^(?:TCP|Timeout|Immediate)/.test(name)).length;

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await sleep(10);
  expect(isSo()).toBe(true);
};

it('whatever upstreams and callers do, one exchange is settled, its money bounded, and nothing left behind', async () => {
  const before = openThings();
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviours, { minLength: 1, maxLength: 3 }),
      callers,
      async (models, caller) => {
        const upstreams: FakeUpstream[] = [];
        const answers: ServerResponse[] = [];
        for (const behaviour of models)
          upstreams.push(
            await fakeUpstream((response, { body }) => {
              answers.push(response);
              void play(response, body, behaviour);
            }),
          );
        const gateway = await testGateway(
          models.map(({ kind }, index) => ({
            ...{ name: `m${index}`, kind, url: upstreams[index]?.url ?? '' },
            timeouts: { connectMs: 100, firstByteMs: 100, idleMs: 100, totalMs: 1500 },
          })),
          dialects,
        );
        try {
          const got = await call(gateway, caller);
          const seen = upstreams.some((upstream) => upstream.seen.length > 0);
          // a caller may be gone before its request is read
          if (got === undefined && !seen) await sleep(100);
          const isExpected = got !== undefined || gateway.intents.length > 0;
          const [exchange] = isExpected ? await gateway.settled(1) : [];
          if (exchange) {
            isSound(exchange, gateway);
            if (got !== undefined) isTold(got, exchange, caller);
          }
          await until(() => answers.every((answer) => answer.writableFinished || answer.destroyed));
          expect(gateway.exchanges.length).toBe(exchange ? 1 : 0);
        } finally {
          await gateway.close();
          for (const upstream of upstreams) await upstream.close();
        }
      },
    ),
    { numRuns: 80 },
  );
  await until(() => openThings() <= before);
}, 120_000);
