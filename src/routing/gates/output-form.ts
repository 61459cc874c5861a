import { isOpenAi } from '../../dialects/openai-parameters.ts';
import { defineGate } from './gate.ts';

export const outputForm = defineGate({
  name: 'schema',
  isPassing: false,
  check: (model, { request, features: { structured, hasTools }, dialectOf }) => {
    const { structuredOutput, schemaWithTools } = model.capabilities;
    if (structured === 'schema' && structuredOutput !== 'schema')
      return 'its answers cannot be held to a schema';
    if (hasTools && !schemaWithTools) {
      if (structured === 'schema') return 'its answers cannot be held to a schema while there are tools';
      // in a translation it is asked for JSON in words
      if (structured === 'json' && dialectOf(model) === request.dialect)
        return 'its answers cannot be held to JSON while there are tools';
    }
    return structured === 'json' && structuredOutput === 'none'
      ? 'its answers cannot be held to JSON'
      : undefined;
  },
});

export const prefill = defineGate({
  name: 'prefill',
  isPassing: false,
  check: (model, { request, features, dialectOf }) => {
    if (!features.hasPrefill || model.capabilities.prefill) return undefined;
    // to OpenAI a last assistant turn is history like any other, and Gemini goes on from its own
    const spoken = dialectOf(model);
    const isHistory =
      spoken !== undefined &&
      ((isOpenAi(request.dialect) && isOpenAi(spoken)) ||
        (request.dialect === 'gemini' && spoken === 'gemini'));
    return isHistory ? undefined : 'it refuses to go on with a last assistant turn';
  },
});

export const stop = defineGate({
  name: 'stop',
  isPassing: false,
  // where the answer is translated it is also cut
  check: (model, { request, dialectOf }) =>
    request.stop.length > 0 && !model.capabilities.stop && dialectOf(model) === request.dialect
      ? 'it cannot be told where to stop'
      : undefined,
});
