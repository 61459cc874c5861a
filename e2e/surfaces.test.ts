import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerReader } from '../src/ledger/ledger.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';

/** What clients use beside chat, each with its vendor's own SDK, through the real binary to simulated vendors. */
let upstream: Upstream;
let gateway: GatewayProcess;
let ledger: LedgerReader;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
  const vendor = (type: string) => ({ type, key: 'upstream-key', baseUrl: `${upstream.url}/v1` });
  gateway = await startGateway({
    config: {
      providers: { openai: vendor('openai'), anthropic: vendor('anthropic'), google: vendor('google') },
    },
  });
  ledger = await ledgerIn(gateway.folder);
  openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: gateway.url, apiKey: 'any', maxRetries: 0 });
});

afterAll(async () => {
  await ledger?.close();
  await gateway?.remove();
  await upstream?.close();
});

const settled = (response: Response) => settledExchange(ledger, response.headers.get('x-tierwise-exchange'));

describe('OpenAI’s SDK', () => {
  it('gets embeddings, priced by their tokens', async () => {
    const { data, response } = await openai.embeddings
      .create({ model: 'text-embedding-3-small', input: ['one', 'two'] })
      .withResponse();

    expect(data.data).toHaveLength(2);
    expect(data.data[0]?.embedding).toHaveLength(256);
    const exchange = await settled(response);
    expect(exchange).toMatchObject({ model: 'openai/text-embedding-3-small', isEstimated: false });
    expect(exchange.cost).toBe(BigInt(data.usage.prompt_tokens) * 20n);
  });

  it('gets pictures, speech, transcripts and moderations', async () => {
    const picture = await openai.images.generate({ model: 'gpt-image-1', prompt: 'a cat' });
    const speech = await openai.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hello' });
    const sound = Buffer.from(await speech.arrayBuffer());
    const { data: heard, response } = await openai.audio.transcriptions
      .create({ model: 'whisper-1', file: await toFile(sound, 'a.mp3') })
      .withResponse();
    const moderated = await openai.moderations.create({ input: 'harmless' });

    expect(picture.data?.[0]?.b64_json).toBeTruthy();
    expect(sound.length).toBeGreaterThan(10);
    expect(heard.text).toContain(`${sound.length} bytes`);
    expect(moderated.results[0]?.flagged).toBe(false);
    expect(await settled(response)).toMatchObject({ isEstimated: true, cost: 0n });
  });

  it('keeps files, and takes them away', async () => {
    const file = await openai.files.create({
      purpose: 'batch',
      file: await toFile(Buffer.from('{"a":1}\n'), 'b.jsonl'),
    });
    const listed = await openai.files.list();
    const content = await (await openai.files.content(file.id)).text();
    const deleted = await openai.files.delete(file.id);

    expect(listed.data.map(({ id }) => id)).toContain(file.id);
    expect(content).toBe('{"a":1}\n');
    expect(deleted.deleted).toBe(true);
    await expect(openai.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it('is told in its own words what a vendor refuses', async () => {
    const error = await openai.embeddings
      .create({ model: 'text-embedding-3-small', input: [] })
      .catch((cause) => cause);

    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, param: 'input' });
  });

  it('lists models, and finds one with a slash in its name', async () => {
    const names: string[] = [];
    for await (const { id } of openai.models.list()) names.push(id);
    const model = await openai.models.retrieve('openai/gpt-5.6-sol');

    expect(names).toEqual(expect.arrayContaining(['auto', 'light', 'openai/gpt-5.6-sol']));
    expect(names.filter((name) => name.startsWith('claude-'))).toEqual([]);
    expect(model).toMatchObject({ id: 'openai/gpt-5.6-sol', object: 'model' });
  });

  it('has its tokens counted by the vendor, or guessed where many models may answer', async () => {
    const named = await openai.responses.inputTokens
      .count({ model: 'openai/gpt-5.6-sol', input: 'How many tokens?' })
      .withResponse();
    const routed = await openai.responses.inputTokens
      .count({ model: 'auto', input: 'How many tokens?' })
      .withResponse();

    expect(named.data.input_tokens).toBeGreaterThan(0);
    expect(named.response.headers.get('x-tierwise-estimated')).toBeNull();
    expect(routed.data.input_tokens).toBeGreaterThan(0);
    expect(routed.response.headers.get('x-tierwise-estimated')).toBe('true');
  });
});

describe('Anthropic’s SDK', () => {
  it('pages through the models, names for Claude Code among them', async () => {
    const names: string[] = [];
    for await (const { id } of anthropic.models.list({ limit: 7 })) names.push(id);

    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['auto', 'claude-auto', 'claude-light', 'anthropic/claude-sonnet-5']),
    );
    expect(await anthropic.models.retrieve('claude-auto')).toMatchObject({
      id: 'claude-auto',
      type: 'model',
    });
  });

  it('is answered by those names', async () => {
    const answer = await anthropic.messages.create({
      model: 'claude-light',
      max_tokens: 2000,
      messages: [{ role: 'user', content: 'Say hi.' }],
    });

    expect(answer.content.length).toBeGreaterThan(0);
  });

  it('has its tokens counted by the vendor', async () => {
    const body = { messages: [{ role: 'user' as const, content: 'How many tokens?' }] };

    const named = await anthropic.messages.countTokens({ model: 'claude-sonnet-5', ...body }).withResponse();
    const routed = await anthropic.messages.countTokens({ model: 'auto', ...body }).withResponse();

    expect(named.response.headers.get('x-tierwise-estimated')).toBeNull();
    expect(routed.response.headers.get('x-tierwise-estimated')).toBe('true');
    for (const { data } of [named, routed]) expect(data.input_tokens).toBeGreaterThan(0);
  });
});

const genai = join(import.meta.dirname, 'clients/sdks/node_modules/@google/genai');

describe.skipIf(!existsSync(genai))('Google’s SDK (installed by `npm run e2e:clients`)', () => {
  const client = async () => {
    const { GoogleGenAI } = await import(pathToFileURL(join(genai, 'dist/node/index.mjs')).href);
    return new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: gateway.url } });
  };

  it('embeds, counts and lists', async () => {
    const google = await client();

    const embedded = await google.models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['one', 'two'],
    });
    const counted = await google.models.countTokens({
      model: 'gemini-3.8-flash',
      contents: 'How many tokens?',
    });
    const names: string[] = [];
    const pager = await google.models.list({ config: { pageSize: 9 } });
    for await (const { name } of pager) names.push(name);

    expect(embedded.embeddings).toHaveLength(2);
    expect(counted.totalTokens).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['models/auto', 'models/google/gemini-3.8-flash']));
  });
});
