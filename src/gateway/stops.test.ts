import { expect, it } from 'vitest';
import { chatAnswer, chatFrames, type Script, sendJson } from '../testing/fake-upstream.ts';
import { anthropic, asStream, one } from './setting.cases.ts';

const noStop = { capabilities: { stop: false } } as const;
const ask = { stop_sequences: ['END'] };

it('cuts the answer of a model that cannot be told where to stop, and does not tell it', async () => {
  const { gateway, upstream } = await one(sendJson(chatAnswer('Hello END and more')), noStop);

  const answer = (await (await anthropic(gateway, ask)).json()) as object;

  expect(answer).toMatchObject({
    content: [{ type: 'text', text: 'Hello ' }],
    stop_reason: 'stop_sequence',
    stop_sequence: 'END',
  });
  expect(JSON.parse(upstream.seen[0]?.body ?? '')).not.toHaveProperty('stop');
});

it('ends the stream there, breaks the upstream off, and charges for what it may have gone on to say', async () => {
  const frames = chatFrames(['Hello ', 'EN', 'D and', ' more'], { input: 10, output: 5 });
  // never ends by itself
  const endless: Script = (response) => {
    for (const frame of frames.slice(0, 4)) asStream(response).write(frame);
  };
  const { gateway, upstream } = await one(endless, noStop);

  const answer = await (await anthropic(gateway, { ...ask, stream: true })).text();
  const [exchange] = await gateway.settled(1);

  expect(answer).toContain('"text":"Hello "');
  expect(answer).not.toContain('and');
  expect(answer).toContain('"stop_reason":"stop_sequence","stop_sequence":"END"');
  expect(answer.trimEnd()).toMatch(/event: message_stop\ndata: \{[^\n]*\}$/);
  expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: true, attempts: [{ outcome: 'ok' }] });
  expect(exchange?.attempts[0]?.usage.outputTokens).toBeGreaterThan(2);
  await expect.poll(() => upstream.seen[0]?.closedEarlyAfterMs).not.toBeNull();
});

it.each([
  ['many', Array.from({ length: 33 }, (_, at) => `END${at}`)],
  ['long', ['x'.repeat(501)]],
])('refuses to look for too %s of them, and names the field', async (_what, stop_sequences) => {
  const { gateway, upstream } = await one(sendJson(chatAnswer('Hello')), noStop);

  const response = await anthropic(gateway, { stop_sequences });

  expect(response.status).toBe(400);
  expect(await response.text()).toContain('stop_sequences');
  expect(upstream.seen).toHaveLength(0);
});

it('takes no count of usage that was told before the cut for the whole', async () => {
  const [start = '', hello = '', end = ''] = chatFrames(['Hello ', 'END'], { input: 10, output: 5 });
  const counting: Script = (response) => {
    const counted = hello.replace(/\}\n\n$/, ',"usage":{"prompt_tokens":10,"completion_tokens":1}}\n\n');
    for (const frame of [start, counted, end]) asStream(response).write(frame);
  };
  const { gateway } = await one(counting, noStop);

  await (await anthropic(gateway, { ...ask, stream: true })).text();
  const [exchange] = await gateway.settled(1);

  expect(exchange).toMatchObject({ outcome: 'ok', isEstimated: true });
  expect(exchange?.attempts[0]?.usage.inputTokens).toBe(10);
  expect(exchange?.attempts[0]?.usage.outputTokens).toBeGreaterThan(2);
});
