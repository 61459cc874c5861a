import type { Block, ChatRequest, Turn } from '../core/chat.ts';
import { defineFeature } from './feature.ts';

/** What the request is built of: turns, tools, the place in a tool loop, media. */
export const shape = defineFeature({
  name: 'shape',
  read: ({ request }) => {
    const { tools, turns } = request;
    const { isToolLoop, toolDepth } = toolLoop(turns);
    const { images, documents, audios, hasFileIds } = media(request);
    return {
      turns: countWords(turns),
      toolCount: tools.length,
      hasTools: tools.length > 0,
      hasHostedTools: tools.some(({ type }) => type === 'hosted'),
      isToolForced: isToolForced(request),
      isToolLoop,
      toolDepth,
      images,
      documents,
      audios,
      hasFileIds,
      hasPrefill: turns[turns.length - 1]?.role === 'assistant',
    };
  },
});

/** Turns in which the user said something: a turn of tool results alone is the model's own work. */
const countWords = (turns: readonly Turn[]): number => {
  let count = 0;
  for (const { role, blocks } of turns)
    if (role === 'user' && !(blocks.length > 0 && blocks.every(isToolResult))) count++;
  return count;
};

/** Tools that a vendor has a protocol of its own for (a shell, a screen) are called and answered in its words. */
const isToolResult = (block: Block): boolean =>
  block.type === 'tool-result' || (block.type === 'vendor' && block.kind.endsWith('_output'));

const isToolCall = (block: Block): boolean =>
  block.type === 'tool-call' || (block.type === 'vendor' && block.kind.endsWith('_call'));

const isToolForced = ({ toolChoice }: ChatRequest): boolean => {
  if (!toolChoice) return false;
  if (toolChoice.type === 'subset') return toolChoice.isRequired;
  return toolChoice.type === 'required' || toolChoice.type === 'named';
};

/** Where the model is in its work: reading results now, and after how many calls. */
const toolLoop = (turns: readonly Turn[]): { readonly isToolLoop: boolean; readonly toolDepth: number } => {
  let depth = 0;
  let isToolLoop = false;
  let isNewest = true;
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at];
    if (!turn || turn.role === 'system') continue;
    if (turn.role === 'assistant') {
      for (const block of turn.blocks) if (isToolCall(block)) depth++;
      continue;
    }
    const bringsResults = turn.blocks.some(isToolResult);
    if (isNewest) isToolLoop = bringsResults;
    isNewest = false;
    if (!bringsResults) break;
  }
  return { isToolLoop, toolDepth: isToolLoop ? depth : 0 };
};

interface Media {
  images: number;
  documents: number;
  audios: number;
  hasFileIds: boolean;
}

const media = (request: ChatRequest): Media => {
  const found: Media = { images: 0, documents: 0, audios: 0, hasFileIds: false };
  countMedia(request.system, found);
  for (const { blocks } of request.turns) countMedia(blocks, found);
  return found;
};

const countMedia = (blocks: readonly Block[], found: Media): void => {
  for (const block of blocks) {
    if (block.type === 'image') found.images++;
    else if (block.type === 'document') found.documents++;
    else if (block.type === 'audio') found.audios++;
    else if (block.type === 'tool-result') countMedia(block.blocks, found);
    if ((block.type === 'image' || block.type === 'document') && block.source.type === 'file')
      found.hasFileIds = true;
  }
};
