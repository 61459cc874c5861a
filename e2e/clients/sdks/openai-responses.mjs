import OpenAI from 'openai';
import { question, run, schema, tool } from './program.mjs';

const stepsAtMost = 5;

// the SDK has no loop of its own for this endpoint: reasoning and calls go back as they came
await run({ OpenAI }, async ({ client, model, isStream, getWeather }) => {
  const input = [{ role: 'user', content: question }];
  for (let step = 0; step < stepsAtMost; step++) {
    const asked = { model, input, tools: [{ type: 'function', ...tool, parameters: schema, strict: false }] };
    const { output, output_text: text } = isStream
      ? await client.responses.stream(asked).finalResponse()
      : await client.responses.create(asked);
    const calls = output.filter(({ type }) => type === 'function_call');
    if (calls.length === 0) return text;
    input.push(...output);
    for (const { call_id, arguments: given } of calls)
      input.push({ type: 'function_call_output', call_id, output: getWeather(JSON.parse(given)) });
  }
  throw new Error('the model never came to an end');
});
