/**
 * What translating a stream costs: microseconds an event and a kilobyte, from each upstream's dialect to
 * each caller's, in chunks as a socket gives them. Beside it the AI SDK reading the same bytes (reading
 * only: it writes no wire), where the clients are installed (`npm run e2e:clients`).
 *
 *   npm run bench:translate
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChatRequest } from '../src/core/chat.ts';
import type { DialectName } from '../src/core/model.ts';
import type { ReplyEvent } from '../src/core/reply.ts';
import { noUsage } from '../src/core/usage.ts';
import type { Dialect, ReplyCall } from '../src/dialects/dialect.ts';
import { dialects } from '../src/dialects/index.ts';
import { median } from './gateway/statistics.ts';

const rounds = 9;
const streamsARound = 40;
const chunkBytes = 1400;

const request: ChatRequest = {
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'How is the weather?' }] }],
  tools: [{ type: 'function', name: 'get_weather', schema: { type: 'object', properties: {} } }],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: true,
  wantsUsage: true,
  choices: 1,
  extras: {},
};

const callOf = (dialect: DialectName): ReplyCall => ({
  request: { ...request, dialect },
  exchangeId: '01JBENCH',
  modelName: 'model',
  createdSec: 1_790_000_000,
  estimatedPromptTokens: 12,
  owner: { provider: 'provider', model: 'model' },
});

/** 400 pieces of text, then a tool call in 20 pieces: an ordinary answer of an agent. */
const events: readonly ReplyEvent[] = [
  { type: 'reply-start', id: 'answer_1', model: 'model' },
  ...Array.from({ length: 400 }, (_, at): ReplyEvent => ({ type: 'text-delta', text: ` word${at % 97}` })),
  { type: 'tool-start', index: 0, id: 'call_1', name: 'get_weather', kind: 'function' },
  { type: 'tool-delta', index: 0, argumentsText: '{"cities":["' },
  ...Array.from(
    { length: 18 },
    (_, at): ReplyEvent => ({ type: 'tool-delta', index: 0, argumentsText: `City ${at}","` }),
  ),
  { type: 'tool-delta', index: 0, argumentsText: 'Oslo"]}' },
  { type: 'usage', usage: { ...noUsage, inputTokens: 12, outputTokens: 480 } },
  { type: 'reply-end', reason: 'tool-calls' },
];

const streamOf = (dialect: Dialect): Buffer => {
  const writer = dialect.writeStream(callOf(dialect.name));
  return Buffer.from(events.map((event) => writer.write(event)).join('') + writer.end());
};

const chunksOf = (bytes: Buffer): readonly Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, at) =>
    bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes),
  );

/** Frames on the wire: what both sides have to take apart. */
const framesIn = (bytes: Buffer): number => bytes.toString('latin1').split('\ndata: ').length;

interface Contestant {
  readonly name: string;
  /** Takes in one whole stream. */
  take(): void | Promise<void>;
}

const ours = (upstream: Dialect, chunks: readonly Buffer[]): readonly Contestant[] => [
  {
    name: 'read only',
    take: () => {
      const reader = upstream.readStream();
      for (const chunk of chunks) reader.push(chunk);
      reader.end();
    },
  },
  {
    name: `passed to ${upstream.name}`,
    take: () => {
      const tap = upstream.tapStream({ hidesUsage: false });
      for (const chunk of chunks) tap.push(chunk);
      tap.end();
    },
  },
  ...dialects
    .filter((caller) => caller !== upstream)
    .map((caller) => ({
      name: `to ${caller.name}`,
      take: () => {
        const reader = upstream.readStream();
        const writer = caller.writeStream(callOf(caller.name));
        let size = 0;
        const pass = (read: readonly ReplyEvent[]): void => {
          let text = '';
          for (const event of read) text += writer.write(event);
          size += Buffer.from(text).length;
        };
        for (const chunk of chunks) pass(reader.push(chunk));
        pass(reader.end());
        writer.end();
        if (size === 0) throw new Error('nothing was written');
      },
    })),
];

const clients = join(import.meta.dirname, '..', 'e2e', 'clients', 'sdks', 'package.json');

interface SdkModel {
  doStream(options: object): Promise<{ readonly stream: ReadableStream<unknown> }>;
}

type MakeModel = (settings: object) => (model: string) => SdkModel;

const sdks: Readonly<Record<DialectName, readonly [name: string, maker: string, flavour?: string]>> = {
  'openai-chat': ['@ai-sdk/openai', 'createOpenAI', 'chat'],
  'openai-responses': ['@ai-sdk/openai', 'createOpenAI', 'responses'],
  'anthropic-messages': ['@ai-sdk/anthropic', 'createAnthropic'],
  gemini: ['@ai-sdk/google', 'createGoogle'],
};

/** The AI SDK's own reader on the same chunks; undefined where it is not installed. */
const aiSdk = async (upstream: Dialect, chunks: readonly Buffer[]): Promise<Contestant | undefined> => {
  const [name, maker, flavour] = sdks[upstream.name];
  if (!existsSync(join(clients, '..', 'node_modules', name))) return undefined;
  const module = (await import(pathToFileURL(createRequire(clients).resolve(name)).href)) as Record<
    string,
    MakeModel
  >;
  const answer = (): Response =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new Uint8Array(chunk));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
  const provider = module[maker]?.({ apiKey: 'none', fetch: () => Promise.resolve(answer()) });
  const make = flavour
    ? (provider as unknown as Record<string, (model: string) => SdkModel>)[flavour]
    : provider;
  if (!make) return undefined;
  const model = make('model');
  return {
    name: 'AI SDK, read only',
    take: async () => {
      const prompt = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
      const { stream } = await model.doStream({ prompt });
      let parts = 0;
      for await (const _ of stream) parts += 1;
      if (parts < 100) throw new Error(`the AI SDK read ${parts} parts only`);
    },
  };
};

const cpuOf = async ({ take }: Contestant): Promise<number> => {
  const before = process.cpuUsage();
  for (let at = 0; at < streamsARound; at += 1) await take();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / streamsARound;
};

for (const upstream of dialects) {
  const bytes = streamOf(upstream);
  const chunks = chunksOf(bytes);
  const frames = framesIn(bytes);
  const sdk = await aiSdk(upstream, chunks);
  const contestants = [...ours(upstream, chunks), ...(sdk ? [sdk] : [])];
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  // taking turns, so that a slow moment of the machine is nobody's alone; the first round only warms up
  for (let round = 0; round <= rounds; round += 1)
    for (const contestant of contestants) {
      const cpu = await cpuOf(contestant);
      if (round > 0) figures.get(contestant.name)?.push(cpu);
    }
  const kilobytes = bytes.length / 1000;
  console.log(`\nfrom ${upstream.name}: ${frames} events, ${kilobytes.toFixed(1)} kB`);
  const reading = median(figures.get('read only') ?? []);
  for (const { name } of contestants) {
    const cpu = median(figures.get(name) ?? []);
    console.log(
      `  ${name.padEnd(30)} ${(cpu / frames).toFixed(2).padStart(7)} us an event ${(cpu / kilobytes).toFixed(1).padStart(7)} us a kB  ${(cpu / reading).toFixed(1).padStart(5)} x our reading`,
    );
  }
  if (!sdk) console.log('  (the AI SDK is not installed here: `npm run e2e:clients`)');
}
