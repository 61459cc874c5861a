import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import * as program from './program.mjs';

const stepsAtMost = 5;

const gathered = async (chunks) => {
  let whole;
  for await (const chunk of chunks) whole = whole?.concat(chunk) ?? chunk;
  return whole;
};

await program.run({ ChatOpenAI }, async ({ client, isStream, getWeather }) => {
  const weather = tool(getWeather, { ...program.tool, schema: program.schema });
  const model = client.bindTools([weather]);
  const messages = [{ role: 'user', content: program.question }];
  for (let step = 0; step < stepsAtMost; step++) {
    const answer = await (isStream ? gathered(await model.stream(messages)) : model.invoke(messages));
    if (!answer.tool_calls?.length) return answer.text;
    messages.push(answer);
    for (const call of answer.tool_calls) messages.push(await weather.invoke(call));
  }
  throw new Error('the model never came to an end');
});
