import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { weatherSchema } from './upstream.cases.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

const words = 'Call get_weather for Paris, sim-steps=3';
const definition = { name: 'get_weather', description: 'Weather' };

interface Client {
  readonly path: string;
  readonly body: (history: readonly JsonValue[]) => JsonObject;
  readonly question: JsonObject;
  /** What the answer adds to the history, and the calls in it. */
  readonly heard: (answer: JsonObject) => {
    readonly said: readonly JsonObject[];
    readonly calls: readonly JsonObject[];
  };
  readonly results: (calls: readonly JsonObject[]) => readonly JsonObject[];
}

const list = (value: JsonValue | undefined): readonly JsonObject[] => value as readonly JsonObject[];

const clients: Readonly<Record<string, Client>> = {
  'Chat, GPT-6': {
    path: '/v1/chat/completions',
    question: { role: 'user', content: words },
    body: (messages) => ({
      model: 'gpt-6-sol',
      messages,
      tools: [{ type: 'function', function: { ...definition, parameters: weatherSchema } }],
    }),
    heard: (answer) => {
      const message = list(answer.choices)[0]?.message as JsonObject;
      return { said: [message], calls: list(message.tool_calls ?? []) };
    },
    results: (calls) => calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'rain' })),
  },
  'Responses, sealed, GPT-5.6': {
    path: '/v1/responses',
    question: { role: 'user', content: words },
    body: (input) => ({
      model: 'gpt-5.6-sol',
      input,
      store: false,
      include: ['reasoning.encrypted_content'],
      tools: [{ type: 'function', ...definition, strict: true, parameters: weatherSchema }],
    }),
    heard: (answer) => ({
      said: list(answer.output),
      calls: list(answer.output).filter(({ type }) => type === 'function_call'),
    }),
    results: (calls) =>
      calls.map(({ call_id: id }) => ({ type: 'function_call_output', call_id: id, output: 'rain' })),
  },
  'Messages, Opus 5.5': {
    path: '/v1/messages',
    question: { role: 'user', content: words },
    body: (messages) => ({
      model: 'claude-opus-5-5',
      max_tokens: 8000,
      messages,
      tools: [{ ...definition, input_schema: weatherSchema }],
    }),
    heard: ({ content }) => ({
      said: [{ role: 'assistant', content }],
      calls: list(content).filter(({ type }) => type === 'tool_use'),
    }),
    results: (calls) => [
      {
        role: 'user',
        content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'rain' })),
      },
    ],
  },
  'Gemini 3': {
    path: '/v1beta/models/gemini-3-pro:generateContent',
    question: { role: 'user', parts: [{ text: words }] },
    body: (contents) => ({
      contents,
      tools: [{ functionDeclarations: [{ ...definition, parametersJsonSchema: weatherSchema }] }],
    }),
    heard: ({ candidates }) => {
      const content = list(candidates)[0]?.content as JsonObject;
      return { said: [content], calls: list(content.parts).filter((part) => 'functionCall' in part) };
    },
    results: (calls) => [
      {
        role: 'user',
        parts: calls.map(() => ({ functionResponse: { name: 'get_weather', response: { output: 'rain' } } })),
      },
    ],
  },
};

describe('a loop of tools with reasoning, over several rounds and into the next turn', () => {
  it.each(Object.entries(clients))('is refused nowhere: %s', async (_, client) => {
    const ask = async (history: readonly JsonValue[]): Promise<JsonObject> => {
      const response = await fetch(upstream.url + client.path, {
        method: 'POST',
        headers: { authorization: 'Bearer k', 'anthropic-version': '2026-10-21' },
        body: JSON.stringify(client.body(history)),
      });
      expect(upstream.refusals()).toEqual([]);
      return (await response.json()) as JsonObject;
    };
    let history: readonly JsonObject[] = [client.question];
    let rounds = 0;
    for (;;) {
      const { said, calls } = client.heard(await ask(history));
      history = [...history, ...said];
      if (calls.length === 0) break;
      history = [...history, ...client.results(calls)];
      rounds += 1;
    }
    const { said } = client.heard(await ask([...history, client.question]));

    expect(rounds).toBe(3);
    expect(said.length).toBeGreaterThan(0);
  });
});
