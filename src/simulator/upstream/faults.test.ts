import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBook } from '../book.ts';
import { worldModels } from '../world-models.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'tierwise-upstream-'));
const bookPath = join(folder, 'book.jsonl');
let upstream: Upstream;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0, bookPath });
  openai = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'k', maxRetries: 0, logLevel: 'off' });
  anthropic = new Anthropic({ baseURL: upstream.url, apiKey: 'k', maxRetries: 0 });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const messages = [{ role: 'user' as const, content: 'Hi' }];
const chat = (fault: string, options?: OpenAI.RequestOptions) =>
  openai.chat.completions.create({ model: `sim-light-a~${fault}`, messages }, options);
const chatStream = async (fault: string): Promise<string> => {
  let text = '';
  const stream = await openai.chat.completions.create({
    model: `sim-light-a~${fault}`,
    messages,
    stream: true,
  });
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
};
const message = (fault: string) =>
  anthropic.messages.create({ model: `sim-light-b~${fault}`, max_tokens: 100, messages });
const messageStream = (fault: string) =>
  anthropic.messages.stream({ model: `sim-light-b~${fault}`, max_tokens: 100, messages }).finalMessage();
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (cause: unknown) => cause,
  );
const lastEntry = () => upstream.book.entries().at(-1);
const settled = async () => {
  while (upstream.book.totals().open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return lastEntry();
};

describe('faults on request', () => {
  it('sends statuses in the words of each vendor, with the pause that was asked for', async () => {
    const limited = (await failure(chat('429:7'))) as InstanceType<typeof OpenAI.RateLimitError>;
    const overloaded = (await failure(message('529'))) as InstanceType<typeof Anthropic.APIError>;
    const broken = (await failure(message('500'))) as InstanceType<typeof Anthropic.APIError>;

    expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(limited.headers.get('retry-after')).toBe('7');
    expect(overloaded).toMatchObject({
      status: 529,
      error: { type: 'error', error: { type: 'overloaded_error' } },
    });
    expect(broken).toMatchObject({ status: 500, error: { error: { type: 'api_error' } } });
    expect(lastEntry()).toMatchObject({ outcome: 'refused', status: 500, fault: '500', costNanoUsd: '0' });
  });

  it('says 200 and then errs: in the stream, in the body', async () => {
    expect(await failure(chatStream('error-first'))).toMatchObject({
      message: expect.stringContaining('Overloaded'),
    });
    expect(await failure(messageStream('error-first'))).toBeInstanceOf(Anthropic.APIError);
    expect(await chat('error-in-200')).toMatchObject({ error: { message: 'Overloaded' } });
  });

  it('breaks off in the middle, and bills what was generated', async () => {
    expect(await chatStream('truncate:3')).toBe('This is a');
    expect(await settled()).toMatchObject({ outcome: 'cut', tokens: { visible: 3 } });

    expect(await failure(messageStream('truncate:3'))).toBeInstanceOf(Anthropic.AnthropicError);
    expect(await failure(chatStream('reset:4'))).toBeInstanceOf(Error);
    expect(await settled()).toMatchObject({ outcome: 'cut', tokens: { visible: 4 } });

    expect(await failure(messageStream('error-after:2'))).toBeInstanceOf(Anthropic.APIError);
    expect(await failure(chat('truncate'))).toBeInstanceOf(Error);
    expect(await failure(chatStream('broken-json:2'))).toBeInstanceOf(SyntaxError);
    expect((await settled())?.costNanoUsd).not.toBe('0');
  });

  it('falls silent until the caller hangs up, and notes when that was', async () => {
    const hangUp = new AbortController();
    const reading = (async () => {
      const stream = await openai.chat.completions.create(
        { model: 'sim-light-a~silence:2', messages, stream: true },
        { signal: hangUp.signal },
      );
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content?.includes('is')) hangUp.abort();
    })();
    await failure(reading);

    const entry = await settled();
    expect(entry).toMatchObject({ outcome: 'cut', tokens: { visible: 2 } });
    expect(entry?.socketClosedAt).toBeGreaterThan(0);
  });

  it('does not answer at all', async () => {
    expect(await failure(chat('no-answer', { timeout: 50 }))).toBeInstanceOf(
      OpenAI.APIConnectionTimeoutError,
    );
    expect(await settled()).toMatchObject({
      outcome: 'refused',
      status: null,
      socketClosedAt: expect.any(Number),
    });
  });

  it('drips byte by byte without harm to what is said', async () => {
    expect(await chatStream('drip:0')).toBe((await chat('slow:1')).choices[0]?.message.content);
  });

  it('declines in the way of each vendor', async () => {
    const declined = (await chat('refusal')).choices[0];
    const refused = await messageStream('refusal');

    expect(declined).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: expect.stringContaining('can’t') },
    });
    expect(refused).toMatchObject({ stop_reason: 'refusal', content: [] });
  });

  it('hides its usage', async () => {
    expect((await chat('no-usage')).usage).toBeUndefined();
    expect(lastEntry()?.tokens.visible).toBeGreaterThan(0);
  });

  it('takes a fault from a header or from a function too, and refuses one there is not', async () => {
    const byHeader = openai.chat.completions.create(
      { model: 'sim-light-a', messages },
      { headers: { 'x-sim-fault': '503' } },
    );
    expect(await failure(byHeader)).toMatchObject({ status: 503 });
    expect(await failure(chat('nonsense'))).toMatchObject({
      status: 400,
      message: expect.stringContaining('no-answer'),
    });

    const flaky = await startUpstream({ speed: 0, faults: ({ index }) => (index === 0 ? '500' : undefined) });
    const client = new OpenAI({ baseURL: `${flaky.url}/v1`, apiKey: 'k', maxRetries: 1 });
    await expect(client.chat.completions.create({ model: 'sim-light-a', messages })).resolves.toBeTruthy();
    expect(flaky.book.entries().map(({ outcome }) => outcome)).toEqual(['refused', 'complete']);
    await flaky.close();
  });

  it('has written every call to its file, as the book has it', async () => {
    await settled();

    expect(readBook(bookPath)).toEqual(upstream.book.entries());
  });
});

describe('a caller who hangs up', () => {
  it('stops the model: less is billed than the whole answer, streaming and not', async () => {
    const models = worldModels.map((model) => ({ ...model, pace: { firstTokenMs: 10, tokensPerSecond: 5 } }));
    const slow = await startUpstream({ speed: 1, models });
    const client = new OpenAI({ baseURL: `${slow.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const entries = async () => {
      while (slow.book.totals().open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      return slow.book.entries();
    };

    const streaming = await client.chat.completions.create({ model: 'sim-light-a', messages, stream: true });
    for await (const _ of streaming) break;
    await failure(client.chat.completions.create({ model: 'sim-light-a', messages }, { timeout: 300 }));

    const whole = 55;
    for (const entry of await entries()) {
      expect(entry).toMatchObject({ outcome: 'cut', socketClosedAt: expect.any(Number) });
      expect(entry.tokens.visible).toBeLessThan(whole);
      expect(entry.tokens.uncached).toBeGreaterThan(0);
    }
    await slow.close();
  });
});
