import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.ts';

let upstream: Upstream;
let openai: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  openai = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'one', maxRetries: 0 });
});
afterAll(() => upstream.close());

const lastEntry = () => upstream.book.entries().at(-1);

describe('what vendors serve beside chat', () => {
  it('embeds a text at the same place each time, as numbers and as bytes, and books it', async () => {
    const request = { model: 'text-embedding-3-small', input: ['red', 'blue'], dimensions: 8 };

    const bytes = await openai.embeddings.create(request);
    const numbers = await openai.embeddings.create({ ...request, encoding_format: 'float' });

    expect(bytes.data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
    expect(bytes.data[1]?.embedding[0]).toBeCloseTo(numbers.data[1]?.embedding[0] ?? 0, 5);
    expect(numbers.usage.prompt_tokens).toBe(lastEntry()?.tokens.uncached);
    expect(lastEntry()).toMatchObject({ model: 'text-embedding-3-small', outcome: 'complete' });
  });

  it('embeds in Gemini’s words, one by one and in a batch', async () => {
    const ask = async (method: string, body: object) =>
      (await (
        await fetch(`${upstream.url}/v1beta/models/gemini-embedding-001:${method}`, {
          method: 'POST',
          body: JSON.stringify(body),
        })
      ).json()) as { embedding?: { values: number[] }; embeddings?: { values: number[] }[] };
    const content = { parts: [{ text: 'red' }] };

    const one = await ask('embedContent', { content, outputDimensionality: 4 });
    const batch = await ask('batchEmbedContents', { requests: [{ content }, { content }] });

    expect(one.embedding?.values).toHaveLength(4);
    expect(batch.embeddings).toHaveLength(2);
    expect(await ask('embedContent', {})).toMatchObject({ error: { status: 'INVALID_ARGUMENT' } });
  });

  it('paints, speaks, listens and judges', async () => {
    const painted = await openai.images.generate({ model: 'gpt-image-1', prompt: 'A grey point', n: 2 });
    const spoken = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    const sound = await toFile(Buffer.from(await spoken.arrayBuffer()), 'hello.mp3');
    const heard = await openai.audio.transcriptions.create({ model: 'whisper-1', file: sound });
    const judged = await openai.moderations.create({ input: ['kind', 'sim-flagged'] });

    expect(painted.data).toHaveLength(2);
    expect(spoken.headers.get('content-type')).toBe('audio/mpeg');
    expect(heard.text).toContain(`${sound.size} bytes`);
    expect(judged.results.map(({ flagged }) => flagged)).toEqual([false, true]);
  });

  it('keeps files for those who brought them', async () => {
    const stranger = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'two', maxRetries: 0 });
    const text = 'line 1\r\nline 2';

    const file = await openai.files.create({
      file: await toFile(Buffer.from(text), 'a.txt'),
      purpose: 'user_data',
    });

    expect(await (await openai.files.content(file.id)).text()).toBe(text);
    expect((await openai.files.list()).data).toMatchObject([{ filename: 'a.txt', bytes: text.length }]);
    await expect(stranger.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
    expect(await openai.files.delete(file.id)).toMatchObject({ deleted: true });
    await expect(openai.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it('refuses what it cannot do, on record', async () => {
    await expect(openai.embeddings.create({ model: 'gpt-4.1', input: 'x' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      openai.embeddings.create({ model: 'text-embedding-3-small', input: '' }),
    ).rejects.toMatchObject({
      status: 400,
      param: 'input',
    });
    expect(upstream.refusals().slice(-2)).toMatchObject([
      { status: 404 },
      { status: 400, path: '/v1/embeddings' },
    ]);
  });
});
