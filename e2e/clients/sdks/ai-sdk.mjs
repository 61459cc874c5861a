import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai';
import * as program from './program.mjs';

const providers = { createAnthropic, createGoogle, createOpenAI, createOpenAICompatible };

await program.run(providers, async ({ client: model, isStream, getWeather }) => {
  const { description } = program.tool;
  const asked = {
    model,
    prompt: program.question,
    maxRetries: 0,
    stopWhen: isStepCount(5),
    tools: {
      get_weather: tool({ description, inputSchema: jsonSchema(program.schema), execute: getWeather }),
    },
  };
  if (!isStream) return (await generateText(asked)).text;
  // what goes wrong is told to this callback only: the text is what was said before, or fails for having none
  let failure;
  const { text } = streamText({
    ...asked,
    onError: ({ error }) => {
      failure = error;
    },
  });
  const told = await Promise.resolve(text).catch((error) => {
    failure ??= error;
  });
  if (failure) throw failure;
  return told;
});
