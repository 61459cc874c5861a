import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { startUpstream } from '../src/simulator/upstream/upstream.ts';
import { startGateway } from './support/gateway-process.ts';
import { postJson } from './support/raw-call.ts';
import { simulatedProvider } from './support/simulated-providers.ts';
import { readTrace, type SystemCall, tracing, whyNoTrace } from './support/strace.ts';

const writes = ['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg'];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('asks an upstream only after the disk has said that the intent is kept, fallbacks too', async ({
  skip,
}) => {
  if (whyNoTrace) skip(whyNoTrace);
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-e2e-trace-'));
  closing.push(async () => rmSync(folder, { recursive: true, force: true }));
  const traceFile = join(folder, 'trace');
  // the first call is refused, so that there is a second one
  const upstream = await startUpstream({
    speed: 0,
    faults: ({ index }) => (index === 0 ? '503' : undefined),
  });
  closing.push(upstream.close);
  const gateway = await startGateway({
    folder,
    config: {
      providers: {
        one: simulatedProvider('simulated-openai', upstream.url),
        two: simulatedProvider('simulated-anthropic', upstream.url),
      },
      tiers: { mid: ['one/sim-mid-a', 'two/sim-mid-b'] },
    },
    wrapper: tracing(traceFile, [...writes, 'fdatasync', 'fsync']),
  });
  closing.push(gateway.stop);

  const messages = [{ role: 'user', content: 'Hello there.' }];
  const answer = await postJson(`${gateway.url}/v1/chat/completions`, {
    model: 'mid',
    messages,
    stream: true,
  });
  expect(await gateway.stop()).toBe(0);
  const calls = await finished(traceFile, gateway.pid);

  expect(answer.headers['x-tierwise-model']).toBe('two/sim-mid-b');
  const exchange = String(answer.headers['x-tierwise-exchange']);
  const posts = calls.filter(({ file, text }) => file.startsWith('socket:') && text.includes('"POST /v1/'));
  expect(posts.map(({ text }) => /POST \S+/.exec(text)?.[0])).toEqual([
    'POST /v1/chat/completions',
    'POST /v1/messages',
  ]);
  let earlier = 0;
  for (const post of posts) {
    const record = recordBefore(post, exchange, calls, earlier);
    expect(record).toMatchObject({ file: expect.stringMatching(/\.journal$/) });
    expect(record && syncBetween(record, post, calls)).toMatchObject({ name: 'fdatasync', result: 0 });
    earlier = post.startedAt;
  }
});

/** A record of this exchange that was written after a moment and before a call. */
const recordBefore = (post: SystemCall, exchange: string, calls: readonly SystemCall[], after: number) =>
  calls.find(
    ({ file, text, startedAt, endedAt }) =>
      file.endsWith('.journal') && text.includes(exchange) && startedAt > after && endedAt <= post.startedAt,
  );

/** A sync of that file that began after the record was written and had returned before the call. */
const syncBetween = (record: SystemCall, post: SystemCall, calls: readonly SystemCall[]) =>
  calls.find(
    ({ name, file, startedAt, endedAt }) =>
      name === 'fdatasync' &&
      file === record.file &&
      startedAt >= record.endedAt &&
      endedAt <= post.startedAt,
  );

/** The tracer writes its last line a moment after the end of what it traced. */
const finished = async (file: string, pid: number): Promise<readonly SystemCall[]> => {
  for (let tries = 0; tries < 200; tries += 1, await pause(20)) {
    const trace = readFileSync(file, 'latin1');
    if (new RegExp(`^${pid} .*\\+\\+\\+ exited`, 'm').test(trace)) return readTrace(trace);
  }
  throw new Error('the trace does not end');
};
