import type { Block, ToolCallBlock, Turn } from '../core/chat.ts';
import { isFailedResult } from './failed-result.ts';
import { defineFeature } from './feature.ts';

/** How the work with tools goes since the last word of the user: errors in a row, the same call again. */
export const toolWork = defineFeature({
  name: 'tool-work',
  read: ({ request: { turns } }, { isToolLoop }) =>
    isToolLoop ? readWork(turns) : { toolErrors: 0, repeats: 0 },
});

interface Work {
  toolErrors: number;
  repeats: number;
}

/** Walks back to the user's last word; the results are read only as long as they are errors. */
const readWork = (turns: readonly Turn[]): Work => {
  const work: Work = { toolErrors: 0, repeats: 0 };
  let isFailing = true;
  let newest: ToolCallBlock | undefined;
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at];
    if (!turn || turn.role === 'system') continue;
    let hasResults = false;
    for (let place = turn.blocks.length - 1; place >= 0; place--) {
      const block = turn.blocks[place] as Block;
      if (turn.role === 'assistant') {
        if (block.type !== 'tool-call') continue;
        if (!newest) newest = block;
        else if (isSameCall(block, newest)) work.repeats++;
      } else if (
        block.type === 'tool-result' ||
        (block.type === 'vendor' && block.kind.endsWith('_output'))
      ) {
        hasResults = true;
        isFailing &&= isFailedResult(block);
        if (isFailing) work.toolErrors++;
      }
    }
    if (turn.role === 'user' && !hasResults) break;
  }
  return work;
};

const isSameCall = (call: ToolCallBlock, other: ToolCallBlock): boolean =>
  call.name === other.name && call.argumentsText === other.argumentsText;
