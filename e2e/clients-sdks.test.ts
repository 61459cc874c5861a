import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { readmeSettings } from './support/readme-settings.ts';
import { runProgram } from './support/run-program.ts';
import { everyVendor, vendors } from './support/vendors.ts';

const folder = join(import.meta.dirname, 'clients/sdks');
const isInstalled = existsSync(join(folder, 'node_modules'));
if (!isInstalled) console.warn('the SDKs are not installed ("npm run e2e:clients"): their tests are skipped');

/** A row of the README's table, and the program that is run with what it says. */
const programs = [
  { client: 'OpenAI SDK (Node)', program: 'openai-chat.mjs' },
  { client: 'OpenAI SDK (Node)', program: 'openai-responses.mjs' },
  { client: 'Google Gen AI SDK (Node)', program: 'google-genai.mjs' },
  { client: 'AI SDK, OpenAI (Responses)', program: 'ai-sdk.mjs' },
  { client: 'AI SDK, Google', program: 'ai-sdk.mjs' },
  { client: 'Anthropic SDK (Node)', program: 'anthropic.mjs' },
  { client: 'AI SDK, OpenAI (Chat)', program: 'ai-sdk.mjs' },
  { client: 'AI SDK, Anthropic', program: 'ai-sdk.mjs' },
  { client: 'AI SDK, OpenAI-compatible', program: 'ai-sdk.mjs' },
  { client: 'LangChain (JS)', program: 'langchain-openai.mjs' },
  { client: 'LlamaIndex (TS)', program: 'llamaindex-openai.mjs' },
] as const;

/** One for each wire that a model can be reached by, and a route. */
const models = [...vendors.map(({ type, model }) => `${type}/${model}`), 'auto'];

/** What a program says of one model, asked in one way. */
interface Outcome {
  readonly model: string;
  readonly isStream: boolean;
  readonly cities: readonly string[];
  readonly text?: string;
  readonly error?: string;
}

describe.skipIf(!isInstalled)('the README’s settings, tried as they are written', () => {
  let upstream: Upstream;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    upstream = await startUpstream({ speed: 0 });
    gateway = await startGateway({ config: everyVendor(upstream.url) });
  });
  afterAll(async () => {
    await gateway?.remove();
    await upstream?.close();
  });

  it.each(programs)('$client, $program: every model calls the tool and says what it gave', async (row) => {
    const refusedBefore = upstream.refusals().length;
    const [setting = ''] = readmeSettings(row.client, gateway.url);

    const { stdout, stderr } = await runProgram({
      command: [process.execPath, join(folder, row.program), setting, ...models],
      environment: { ...nothingElse, AI_SDK_LOG_WARNINGS: 'false' },
      folder,
    });

    const outcomes = stdout.split('\n').filter(Boolean).map(readOutcome);
    expect(outcomes, stderr).toEqual(
      models.flatMap((model) =>
        [false, true].map((isStream) => ({
          ...{ model, isStream, cities: ['Paris', 'Rome'] },
          text: expect.stringMatching(/Sun over Paris\..*Sun over Rome\./),
        })),
      ),
    );
    const refusals = upstream.refusals().slice(refusedBefore);
    // Anthropic's own loop asks for a thread first, and takes no for an answer
    expect(refusals.filter(({ code }) => code !== 'thread_unsupported_request')).toEqual([]);
  });
});

const readOutcome = (line: string): Outcome => JSON.parse(line) as Outcome;

/** Whatever a client would like to tell somebody else goes nowhere. */
const nothingElse = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1',
};
