import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Refusal } from '../src/simulator/upstream/refusals.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { type RecordedCall, recordedCalls, recordedNames } from './support/recorded.ts';
import { answeredBy, vendors } from './support/vendors.ts';

const calls = recordedNames.flatMap((name) =>
  recordedCalls(name)
    .filter(({ method }) => method === 'POST')
    .map((call, at) => ({ name: `${name} ${at + 1}`, ...call })),
);

/** What a tool that its maker runs was asked and gave: nobody else can go on from that. */
const goesOnFromItsMaker = ({ body }: RecordedCall): boolean =>
  /"type":"tool_search_call"/.test(JSON.stringify(body));

/** Reasoning that its vendor never gave: the gateway asks again without it. */
const isMadeUp = ({ reason }: Refusal): boolean =>
  /could not be verified|signature is not valid/i.test(reason);

// clients need not be installed for this: it is what they were seen to send
describe.each(vendors)('what agents send, answered by $vendor', (vendor) => {
  let upstream: Upstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    upstream = await startUpstream({ speed: 0 });
    gateway = await startGateway({
      config: { ...answeredBy(vendor)(upstream.url), routes: { auto: { hostedTools: 'drop' } } },
    });
  });
  afterAll(async () => {
    await gateway?.remove();
    await upstream?.close();
  });

  it.each(calls)('$name', async ({ name: _, ...call }) => {
    const refusedBefore = upstream.refusals().length;

    const answer = await fetch(gateway.url + call.path, {
      method: 'POST',
      headers: call.headers,
      body: JSON.stringify(call.body),
    });
    const words = await answer.text();

    if (goesOnFromItsMaker(call) && vendor.vendor !== 'OpenAI') {
      expect(answer.status).toBe(400);
      expect(words).toContain('parts that only openai-responses knows');
      return;
    }
    expect(words).not.toMatch(/"error":\s*\{/);
    expect(answer.status).toBe(200);
    const refusals = upstream.refusals().slice(refusedBefore);
    expect(refusals.filter((refusal) => !isMadeUp(refusal))).toEqual([]);
  });
});
