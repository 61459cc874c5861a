import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bare } from './contestants/bare.ts';
import type { Running } from './contestants/contestant.ts';
import { makeLoad } from './load.ts';
import { chatPath, requestOnce } from './probe.ts';
import { readCpuMs, readMemory } from './process.ts';
import { report } from './report.ts';
import { median, quantile } from './statistics.ts';
import { startBenchUpstream } from './upstream.ts';
import { type ReplyKind, replyKinds, requestBody, streamEvents } from './workloads.ts';

const fetchText = async (port: number, reply: ReplyKind): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}${chatPath}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: requestBody(reply),
  });
  return response.text();
};

describe.skipIf(process.platform !== 'linux')('the bench of the gateway', () => {
  let upstream: Awaited<ReturnType<typeof startBenchUpstream>>;
  let proxy: Running;

  beforeAll(async () => {
    upstream = await startBenchUpstream();
    proxy = await bare.start({ upstreamPort: upstream.port, folder: '', cache: '', profile: undefined });
  });

  afterAll(async () => {
    await proxy.stop();
    upstream.close();
  });

  it('asks with about 2 kB and is answered with about 1 kB', async () => {
    const answer = await fetchText(upstream.port, 'json');

    expect(requestBody('json').length).toBeGreaterThan(1700);
    expect(requestBody('json').length).toBeLessThan(2300);
    expect(answer.length).toBeGreaterThan(800);
    expect(answer.length).toBeLessThan(1200);
    expect(JSON.parse(answer).usage.total_tokens).toBe(508);
  });

  it('streams its events, usage last, whether at once or one by one', async () => {
    const streams = await Promise.all([
      fetchText(upstream.port, 'stream'),
      fetchText(upstream.port, 'paced'),
    ]);

    const events = streams[0].split('\n\n').filter((event) => event !== '');
    expect(streams[1]).toBe(streams[0]);
    expect(events).toHaveLength(streamEvents + 1);
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(events.at(-2)?.slice('data: '.length) ?? '').usage.completion_tokens).toBe(
      streamEvents - 3,
    );
  });

  it.each(replyKinds)('has a bare proxy that changes nothing of a %s reply', async (reply) => {
    const { port } = proxy.target(reply);

    expect(await fetchText(port, reply)).toBe(await fetchText(upstream.port, reply));
    expect(await requestOnce({ port, headers: {} }, reply)).toMatchObject({ status: 200 });
  });

  it('counts whole answers as good and all others as failed', async () => {
    const job = { path: chatPath, headers: {}, connections: 2, seconds: 0.2, leastBodyBytes: 700 };

    const good = await makeLoad({ ...job, port: upstream.port, body: requestBody('json').toString() });
    const short = await makeLoad({ ...job, port: upstream.port, body: '{}' });
    const nobody = await makeLoad({ ...job, port: 1, body: '{}' });

    expect(good.completed).toBeGreaterThan(0);
    expect(good).toMatchObject({ failed: 0 });
    expect(short).toMatchObject({ completed: 0, firstFailure: 'status 404, 0 bytes' });
    expect(nobody).toMatchObject({ completed: 0, firstFailure: expect.stringContaining('ECONNREFUSED') });
  });

  it('reads time and memory of a process', () => {
    expect(readCpuMs(process.pid)).toBeGreaterThan(0);
    expect(readMemory(process.pid).rssMb).toBeGreaterThan(20);
  });
});

describe('the report', () => {
  it('takes medians over the rounds and says which aims are met', () => {
    const taken = (contestant: 'bare' | 'tierwise' | 'portkey', round: number, perSecond: number) => ({
      ...{
        contestant,
        round,
        perSecond,
        workload: 'json-64' as const,
        p50Ms: 1,
        p99Ms: 2,
        firstByteP50Ms: 1,
      },
      ...{ cpuMsPerReply: 0.1, parts: {}, completed: 10, failed: 0 },
    });

    const page = report({
      facts: ['a machine'],
      measurements: [
        ...[100, 900, 110].map((perSecond, round) => taken('bare', round, perSecond)),
        ...[70, 71, 1].map((perSecond, round) => taken('tierwise', round, perSecond)),
        taken('portkey', 1, 10),
      ],
      memory: { tierwise: { rssMb: 90, peakMb: 99 }, portkey: { rssMb: 100, peakMb: 120 } },
    });

    expect(page).toMatch(/met +0\.64 +JSON requests\/s at 64, of the bare Node proxy/);
    expect(page).toMatch(/NOT MET +7\.0 +JSON requests\/s at 64, times Portkey/);
    expect(page).toMatch(/NOT MET +0\.90 +memory/);
    expect(page).toMatch(/not measured +added p50/);
  });

  it('knows a median and a quantile', () => {
    expect([
      median([3, 1, 2]),
      median([1, 2, 3, 4]),
      quantile([5, 1, 3], 0.5),
      quantile([1, 2], 0.99),
    ]).toEqual([2, 2.5, 3, 2]);
    expect(median([])).toBeNaN();
  });
});
