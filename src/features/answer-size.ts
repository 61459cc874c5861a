import type { Block, ChatRequest } from '../core/chat.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { defineFeature } from './feature.ts';

/** How much the model has written at a time: of the newest answers, which say more of the next than the first did. */
export const answerSize = defineFeature({
  name: 'answer-size',
  read: ({ request }) => ({ answerTokens: meanAnswer(request) }),
});

const mostAnswers = 16;

const meanAnswer = ({ turns }: ChatRequest): number => {
  let answers = 0;
  let tokens = 0;
  // the last turn is a beginning that shall be gone on with where it is the model's
  for (let at = turns.length - 2; at >= 0 && answers < mostAnswers; at--) {
    const turn = turns[at];
    if (turn?.role !== 'assistant') continue;
    answers++;
    for (const block of turn.blocks) tokens += tokensOf(block);
  }
  return answers === 0 ? 0 : Math.round(tokens / answers);
};

const tokensOf = (block: Block): number => {
  if (block.type === 'text' || block.type === 'refusal' || block.type === 'reasoning')
    return estimateTokens(block.text);
  return block.type === 'tool-call' ? estimateTokens(block.name) + estimateTokens(block.argumentsText) : 0;
};
