import { GoogleGenAI } from '@google/genai';
import { question, run, schema, tool } from './program.mjs';

const stepsAtMost = 5;

const whole = async (client, asked) =>
  (await client.models.generateContent(asked)).candidates?.[0]?.content?.parts ?? [];

const streamed = async (client, asked) => {
  const parts = [];
  for await (const chunk of await client.models.generateContentStream(asked))
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
  return parts;
};

await run({ GoogleGenAI }, async ({ client, model, isStream, getWeather }) => {
  const contents = [{ role: 'user', parts: [{ text: question }] }];
  const config = { tools: [{ functionDeclarations: [{ ...tool, parametersJsonSchema: schema }] }] };
  for (let step = 0; step < stepsAtMost; step++) {
    const parts = await (isStream ? streamed : whole)(client, { model, contents, config });
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    if (calls.length === 0) return parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('');
    contents.push({ role: 'model', parts });
    contents.push({
      role: 'user',
      parts: calls.map(({ id, name, args }) => ({
        functionResponse: { id, name, response: { output: getWeather(args) } },
      })),
    });
  }
  throw new Error('the model never came to an end');
});
