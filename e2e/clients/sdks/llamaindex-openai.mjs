import { tool } from '@llamaindex/core/tools';
import { openai } from '@llamaindex/openai';
import { z } from 'zod/v3';
import * as program from './program.mjs';

const stepsAtMost = 5;

const whole = async (client, asked) => {
  const { message } = await client.chat(asked);
  return { text: message.content, calls: message.options?.toolCall ?? [] };
};

// `exec` with a stream finds no call behind a model's first words: the chunks tell of it all the same
const streamed = async (client, asked) => {
  const calls = new Map();
  let text = '';
  for await (const { delta, options } of await client.chat({ ...asked, stream: true })) {
    text += delta;
    for (const call of options?.toolCall ?? []) calls.set(call.id, call);
  }
  return { text, calls: [...calls.values()] };
};

await program.run({ openai }, async ({ client, isStream, getWeather }) => {
  const parameters = z.object({ city: z.string() });
  const weather = tool({ ...program.tool, parameters, execute: getWeather });
  const messages = [{ role: 'user', content: program.question }];
  for (let step = 0; step < stepsAtMost; step++) {
    const { text, calls } = await (isStream ? streamed : whole)(client, { messages, tools: [weather] });
    if (calls.length === 0) return text;
    messages.push({ role: 'assistant', content: text, options: { toolCall: calls } });
    for (const { id, input } of calls) {
      const result = await weather.call(typeof input === 'string' ? JSON.parse(input) : input);
      messages.push({
        role: 'user',
        content: result,
        options: { toolResult: { id, result, isError: false } },
      });
    }
  }
  throw new Error('the model never came to an end');
});
