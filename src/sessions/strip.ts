import type { Block, ChatRequest, Turn } from '../core/chat.ts';
import { opaqueOf } from './history.ts';

/**
 * The conversation without some opaque reasoning. A thought goes as a whole; a call stays, so that its result
 * still has something to answer. What is not touched is the very same object.
 */
export const stripReasoning = (request: ChatRequest, cut: ReadonlySet<string>): ChatRequest => {
  if (cut.size === 0) return request;
  return { ...request, turns: request.turns.map((turn) => stripTurn(turn, cut)) };
};

const stripTurn = (turn: Turn, cut: ReadonlySet<string>): Turn =>
  turn.role === 'assistant' && turn.blocks.some((block) => isCut(block, cut))
    ? {
        ...turn,
        blocks: turn.blocks.flatMap((block) => (isCut(block, cut) ? withoutOpaque(block) : [block])),
      }
    : turn;

const isCut = (block: Block, cut: ReadonlySet<string>): boolean => {
  const opaque = opaqueOf(block);
  return opaque !== undefined && cut.has(opaque.data);
};

const withoutOpaque = (block: Block): readonly Block[] => {
  if (block.type !== 'tool-call') return [];
  const { opaque: _opaque, ...call } = block;
  return [call];
};
