import { isOpenAi } from '../../dialects/openai-parameters.ts';
import { defineGate } from './gate.ts';

export const outputForm = defineGate({
  name: 'schema',
  isPassing: false,
  check: ({ capabilities: { structuredOutput } }, { features: { structured } }) => {
    if (structured === 'schema' && structuredOutput !== 'schema')
      return 'its answers cannot be held to a schema';
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
    // to OpenAI a last assistant turn is history like any other
    const spoken = dialectOf(model);
    const isHistory = isOpenAi(request.dialect) && spoken !== undefined && isOpenAi(spoken);
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
