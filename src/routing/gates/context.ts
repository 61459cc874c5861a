import { defineGate } from './gate.ts';

/** Estimates err: the prompt must fit with a tenth to spare. */
const margin = 1.1;
/** An answer that nobody bounded still needs some room. */
const leastAnswerTokens = 512;

export const context = defineGate({
  name: 'context',
  isPassing: false,
  check: ({ contextTokens, maxPromptTokens }, { features: { promptTokens, maxOutputTokens } }) => {
    const prompt = Math.ceil(promptTokens * margin);
    if (maxPromptTokens !== undefined && prompt > maxPromptTokens)
      return `about ${prompt} tokens of prompt, where it takes ${maxPromptTokens}`;
    const answer = Math.min(maxOutputTokens ?? leastAnswerTokens, leastAnswerTokens);
    return prompt + answer > contextTokens
      ? `about ${prompt} tokens of prompt, where it holds ${contextTokens}`
      : undefined;
  },
});

/**
 * Beyond this a limit is no wish: agents send the most of the model they believe to talk to. It is cut to
 * what the chosen one gives.
 */
const longestWishTokens = 16_000;

export const answerLength = defineGate({
  name: 'answer-length',
  isPassing: false,
  check: ({ maxOutputTokens }, { features }) =>
    features.maxOutputTokens !== null &&
    Math.min(features.maxOutputTokens, longestWishTokens) > maxOutputTokens
      ? `up to ${features.maxOutputTokens} tokens of answer are asked for, where it gives ${maxOutputTokens}`
      : undefined,
});
