import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient } from './support/anthropic-conversation.ts';
import { type GatewayProcess, startGateway } from './support/gateway-process.ts';
import { openaiClient } from './support/openai-conversation.ts';
import { simulatedProvider } from './support/simulated-providers.ts';

const question = [{ role: 'user' as const, content: 'What is the weather in Paris and in Rome?' }];
const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };

describe.each(['one/sim-mid-a', 'two/sim-mid-b', 'mid'])(
  'the loops of the SDKs themselves, with %s',
  (model) => {
    let upstream: Upstream;
    let gateway: GatewayProcess;

    beforeAll(async () => {
      upstream = await startUpstream({ speed: 0 });
      gateway = await startGateway({
        config: {
          providers: {
            one: simulatedProvider('simulated-openai', upstream.url),
            two: simulatedProvider('simulated-anthropic', upstream.url),
          },
        },
      });
    });
    afterAll(async () => {
      await gateway?.remove();
      await upstream?.close();
    });

    it.each([true, false])('OpenAI’s runTools ends with an answer (streaming: %s)', async (stream) => {
      const asked: string[] = [];

      const runner = openaiClient(gateway.url).chat.completions.runTools({
        ...{ model, messages: question, stream: stream as true },
        tools: [
          {
            type: 'function',
            function: {
              ...{ name: 'get_weather', description: 'The weather of a city.', parameters: schema },
              parse: JSON.parse as (text: string) => { city: string },
              function: ({ city }: { city: string }) => {
                asked.push(city);
                return `Sun over ${city}.`;
              },
            },
          },
        ],
      });

      expect(await runner.finalContent()).toContain('Sun over Paris.; Sun over Rome.');
      expect(asked).toEqual(['Paris', 'Rome']);
    });

    it.each([true, false])('Anthropic’s toolRunner ends with an answer (streaming: %s)', async (stream) => {
      const asked: string[] = [];
      const runner = anthropicClient(gateway.url).beta.messages.toolRunner({
        ...{ model, max_tokens: 1000, messages: question, stream: stream as false },
        tools: [
          {
            ...{ type: 'custom', name: 'get_weather', description: 'The weather of a city.' },
            input_schema: schema,
            run: ({ city }: { city: string }) => {
              asked.push(city);
              return `Sun over ${city}.`;
            },
            parse: (input: unknown) => input as { city: string },
          },
        ],
      });

      const { content } = await runner.runUntilDone();

      expect(textOf(content)).toContain('Sun over Paris.; Sun over Rome.');
      expect(asked).toEqual(['Paris', 'Rome']);
    });
  },
);

const textOf = (content: readonly Anthropic.Beta.BetaContentBlock[]): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');
