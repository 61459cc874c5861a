import OpenAI from 'openai';
import { question, run, schema, tool } from './program.mjs';

await run({ OpenAI }, ({ client, model, isStream, getWeather }) =>
  client.chat.completions
    .runTools({
      model,
      stream: isStream,
      messages: [{ role: 'user', content: question }],
      tools: [
        {
          type: 'function',
          function: { ...tool, parameters: schema, parse: JSON.parse, function: getWeather },
        },
      ],
    })
    .finalContent(),
);
