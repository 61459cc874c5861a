import Anthropic from '@anthropic-ai/sdk';
import { question, run, schema, tool } from './program.mjs';

await run({ Anthropic }, async ({ client, model, isStream, getWeather }) => {
  const runner = client.beta.messages.toolRunner({
    model,
    max_tokens: 1000,
    stream: isStream,
    messages: [{ role: 'user', content: question }],
    tools: [{ type: 'custom', ...tool, input_schema: schema, run: getWeather, parse: (input) => input }],
  });
  const { content } = await runner.runUntilDone();
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
});
