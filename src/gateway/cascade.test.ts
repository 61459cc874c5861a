import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { forgetfulCarrier } from '../testing/test-gateway.ts';
import { breaks, cascading, freeChecks, says } from './cascades.cases.ts';
import { anthropic, asksForUsage, asStream, chat, head, messages } from './setting.cases.ts';

/** The texts of a Chat stream. */
const streamed = (text: string): string =>
  [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');

describe('a judged step', () => {
  it('passes a good answer on as it came, whole', async () => {
    const { gateway, upstreams } = await cascading({ small: says('42'), large: says('43') });

    const response = await chat(gateway);

    expect(await response.json()).toMatchObject({
      id: 'chatcmpl-up',
      choices: [{ message: { content: '42' } }],
    });
    expect(response.headers.get('x-tierwise-model')).toBe('p-small/small');
    expect(response.headers.get('x-tierwise-cost')).toBe('0.000015');
    expect(response.headers.has('x-tierwise-attempts')).toBe(false);
    expect(upstreams.large?.seen).toHaveLength(0);
  });

  it('passes a good stream on to the byte', async () => {
    const { gateway } = await cascading({ small: says('Six times seven is 42.'), large: says('43') });
    const { gateway: plain } = await cascading({ small: says('Six times seven is 42.') });

    const response = await chat(gateway, asksForUsage);

    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(await (await chat(plain, asksForUsage)).text());
  });

  it.each([false, true])('shows nothing of an answer that is passed over (stream: %s)', async (stream) => {
    const { gateway } = await cascading({
      small: says("I'm sorry, but I can't do that."),
      large: says('42'),
    });

    const response = await chat(gateway, { stream });
    const text = await response.text();

    expect(text).not.toContain('sorry');
    expect(stream ? streamed(text) : text).toContain('42');
    expect(response.headers.get('x-tierwise-model')).toBe('p-large/large');
    expect(response.headers.get('x-tierwise-attempts')).toBe(
      'p-small/small: passed over (refusal); p-large/large: ok',
    );
  });

  it('has all of its calls booked, each under its own number, and told to the caller', async () => {
    const { gateway } = await cascading({ small: says(''), middle: says(' '), large: says('42') });

    const response = await chat(gateway);
    await response.text();

    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      outcome: 'ok',
      model: 'p-large/large',
      tier: 'frontier',
      // 10 + 5 tokens, twice at $1 a million and once at $10
      cost: 180_000n,
      attempts: [
        { model: 'p-small/small', outcome: 'ok', passedOver: 'empty', cost: 15_000n },
        { model: 'p-middle/middle', outcome: 'ok', passedOver: 'empty', cost: 15_000n },
        { model: 'p-large/large', outcome: 'ok', cost: 150_000n },
      ],
    });
    expect(exchange?.attempts[2]?.passedOver).toBeUndefined();
    expect(response.headers.get('x-tierwise-cost')).toBe('0.00018');
    expect(gateway.intents.map(({ attempt, model }) => [attempt, model])).toEqual([
      [0, 'p-small/small'],
      [1, 'p-middle/middle'],
      [2, 'p-large/large'],
    ]);
  });

  it('is durable before each call is made', async () => {
    const scripts = { small: says(''), large: says('42') };
    const { gateway, upstreams } = await cascading(scripts, {
      intend: async ({ attempt }) => {
        const seen = Object.values(upstreams).reduce((sum, one) => sum + one.seen.length, 0);
        expect(seen).toBe(attempt);
      },
    });

    expect((await chat(gateway)).status).toBe(200);
  });

  it('spends no retries on what was planned', async () => {
    const { gateway } = await cascading(
      { small: says(''), middle: says(''), large: says('42') },
      { retries: { share: 0, perSecond: 0 } },
    );

    expect((await chat(gateway)).status).toBe(200);
  });

  it('whose call fails gives way to the next, as ever', async () => {
    const { gateway } = await cascading({ small: breaks, large: says('42') });

    const response = await chat(gateway);

    expect(await response.text()).toContain('42');
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts).toMatchObject([{ outcome: 'failed' }, { outcome: 'ok' }]);
  });

  it('that breaks off in the middle is a failure nobody has seen', async () => {
    const { gateway } = await cascading({
      small: (response) => {
        for (const frame of head) asStream(response).write(frame);
        setTimeout(() => response.destroy(), 20);
      },
      large: says('42'),
    });

    expect(streamed(await (await chat(gateway, { stream: true })).text())).toBe('42');
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts).toMatchObject([
      { outcome: 'failed', code: 'upstream-cut' },
      { outcome: 'ok' },
    ]);
  });

  it('is no excuse for a last one that fails: what was passed over stays here', async () => {
    const { gateway } = await cascading({ small: says("I'm sorry, but I can't do that."), large: breaks });

    const response = await chat(gateway);

    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('sorry');
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'failed', cost: 15_000n });
  });

  it.each([false, true])('is broken off where its caller hangs up (stream: %s)', async (stream) => {
    const { gateway, upstreams } = await cascading({
      small: (response) => {
        for (const frame of head) asStream(response).write(frame);
      },
      large: says('42'),
    });
    const leaving = new AbortController();

    const asking = chat(gateway, { stream }, { signal: leaving.signal }).catch(() => undefined);
    await vi.waitFor(() => expect(upstreams.small?.seen).toHaveLength(1));
    leaving.abort();
    await asking;

    await vi.waitFor(() => expect(upstreams.small?.seen[0]?.closedEarlyAfterMs).not.toBeNull());
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({ outcome: 'client-gone', attempts: [{ outcome: 'cancelled' }] });
    expect(upstreams.large?.seen).toHaveLength(0);
  });

  it('remembers the model whose answer went out', async () => {
    const carrier = forgetfulCarrier();
    const { gateway } = await cascading({ small: says(''), large: says('42') }, { carrier });

    await (await chat(gateway, {}, { headers: { 'x-tierwise-session': 'mine' } })).text();

    const [exchange] = await gateway.settled(1);
    expect(carrier.memory.recall('local', exchange?.session ?? '')).toMatchObject({
      model: 'p-large/large',
      answers: 1,
    });
  });

  it('does no harm to the health of who was passed over', async () => {
    const { gateway, upstreams } = await cascading({ small: says(''), large: says('42') });

    for (let turn = 0; turn < 12; turn++) await (await chat(gateway)).text();

    expect(upstreams.small?.seen).toHaveLength(12);
  });

  it('judges a translated answer as its caller would read it', async () => {
    const { gateway } = await cascading(
      { small: says(''), large: says('42') },
      { kinds: { small: 'anthropic', large: 'anthropic' } },
    );

    expect(streamed(await (await chat(gateway, { stream: true })).text())).toBe('42');
    expect(await (await anthropic(gateway)).json()).toMatchObject({ content: [{ text: '42' }] });
  });

  it('gives way where a translated answer does not fit, and did not when asked again', async () => {
    const { gateway } = await cascading(
      { small: says('{}'), large: says('{"city":"Oslo"}') },
      { kinds: { small: 'anthropic' } },
    );
    const schema = { type: 'object', required: ['city'] };
    const format = { type: 'json_schema', json_schema: { name: 'place', schema } };

    expect(await (await chat(gateway, { response_format: format })).text()).toContain('Oslo');
    const [exchange] = await gateway.settled(1);
    expect(exchange).toMatchObject({
      cost: 180_000n,
      attempts: [{ code: 'unfit-answer' }, { code: 'unfit-answer' }, { model: 'p-large/large' }],
    });
  });

  it('that is too long to be held is broken off', async () => {
    const piece = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(1_000_000) } }] })}\n\n`;
    const { gateway } = await cascading({
      small: (response) => {
        asStream(response).write(head.join(''));
        for (let at = 0; at < 18; at++) response.write(piece);
      },
      large: says('42'),
    });

    expect(streamed(await (await chat(gateway, { stream: true })).text())).toBe('42');
    const [exchange] = await gateway.settled(1);
    expect(exchange?.attempts[0]).toMatchObject({
      outcome: 'cancelled',
      passedOver: 'too long to be held until it is judged',
    });
    expect(exchange?.attempts[0]?.cost).toBeGreaterThan(0n);
  });
});

describe('a cascade', () => {
  const outcomes = ['good', 'empty', 'broken'] as const;
  const scriptOf = { good: says('Good.'), empty: says(''), broken: breaks };

  it('sends exactly one answer out: of the last step that was asked, or one that passed', async () => {
    const plans = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(plans, fc.boolean(), async (steps, stream) => {
        const scripts = Object.fromEntries(steps.map((step, at) => [`m${at}`, scriptOf[step]]));
        const { gateway, upstreams } = await cascading(scripts, { retries: { share: 1, perSecond: 1000 } });

        const response = await chat(gateway, { stream });
        const text = await response.text();
        await gateway.close();

        const good = steps.indexOf('good');
        const last = good < 0 ? steps.length - 1 : good;
        expect(response.status).toBe(steps[last] === 'broken' ? 503 : 200);
        expect(stream ? streamed(text) : text).toEqual(
          good < 0 ? expect.not.stringContaining('Good') : expect.stringContaining('Good.'),
        );
        if (response.status === 200)
          expect(response.headers.get('x-tierwise-model')).toBe(`p-m${last}/m${last}`);
        steps.forEach((_, at) => {
          expect((upstreams[`m${at}`]?.seen.length ?? 0) > 0).toBe(at <= last);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('asks plainly after its judged steps', async () => {
    const { gateway } = await cascading(
      { small: says(''), large: breaks, other: says('42') },
      { plan: [{ ask: ['small'], acceptIf: freeChecks }, { ask: ['large'] }, { ask: ['other'] }] },
    );

    expect(await (await chat(gateway, { messages })).text()).toContain('42');
  });
});
