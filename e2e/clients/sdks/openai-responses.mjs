import OpenAI from 'openai';
import { question, run, schema, tool } from './program.mjs';

const stepsAtMost = 5;

const streamed = async (client, asked) => {
  for await (const event of await client.responses.create({ ...asked, stream: true }))
    if (event.type === 'response.completed') return event.response.output;
  throw new Error('the stream ended without an answer');
};

const whole = async (client, asked) => (await client.responses.create(asked)).output;

// the SDK has no loop of its own for this endpoint: reasoning and calls go back as they came
await run({ OpenAI }, async ({ client, model, isStream, getWeather }) => {
  const input = [{ role: 'user', content: question }];
  const tools = [{ type: 'function', ...tool, parameters: schema, strict: false }];
  for (let step = 0; step < stepsAtMost; step++) {
    const output = await (isStream ? streamed : whole)(client, { model, input, tools });
    const calls = output.filter(({ type }) => type === 'function_call');
    if (calls.length === 0)
      return output
        .flatMap(({ content }) => content ?? [])
        .map(({ text }) => text ?? '')
        .join('');
    input.push(...output);
    for (const { call_id, arguments: given } of calls)
      input.push({ type: 'function_call_output', call_id, output: getWeather(JSON.parse(given)) });
  }
  throw new Error('the model never came to an end');
});
