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
