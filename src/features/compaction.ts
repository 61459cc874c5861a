import type { ChatRequest, Turn } from '../core/chat.ts';
import { defineFeature } from './feature.ts';
import { anyOpensWith } from './openings.ts';

/** Conversations whose beginning is a summary of an earlier one, and calls that ask for such a summary. */
export const compaction = defineFeature({
  name: 'compaction',
  read: ({ request }) => ({
    isCompacted: beginsWithSummary(request.turns) && !isCompactionCall(request),
  }),
});

/** How clients open the summary that a conversation goes on from: Claude Code, Codex, Gemini CLI, and what others write. */
const summaryOpenings = [
  'This session is being continued from a previous conversation',
  'Another language model started to solve this problem',
  '<state_snapshot>',
  '<conversation_summary>',
  '<conversation-summary>',
  '<previous_conversation',
  'Summary of the conversation so far',
  'Here is a summary of the conversation',
];

/** opencode asks this in the user's name, and the summary is the answer. */
const openingQuestion = 'What did we do so far?';

/** The first turns may be rules and environment, or what the user said before. */
const mostTurns = 24;

const beginsWithSummary = (turns: readonly Turn[]): boolean => {
  if (turns.some(hasCompactionBlock)) return true;
  const end = Math.min(turns.length, mostTurns);
  for (let at = 0; at < end; at++) {
    const turn = turns[at];
    if (!turn) continue;
    if (turn.role === 'assistant') return isSummaryAnswer(turns, at);
    if (anyOpensWith(turn.blocks, summaryOpenings)) return true;
  }
  return false;
};

/** Vendors that summarise themselves leave a block of their own, readable or sealed. */
const hasCompactionBlock = ({ blocks }: Turn): boolean => {
  for (const block of blocks) if (block.type === 'vendor' && block.kind.startsWith('compaction')) return true;
  return false;
};

const isSummaryAnswer = (turns: readonly Turn[], at: number): boolean => {
  const first = turns[at - 1]?.blocks.at(-1);
  return first?.type === 'text' && first.text.trim() === openingQuestion;
};

/** How clients ask for the summary of a whole conversation. */
const compactionOrders = [
  'Your task is to create a detailed summary of the',
  'CONTEXT CHECKPOINT COMPACTION',
  'new anchored summary',
  'the anchored summary',
  'Provide a detailed prompt for continuing our conversation',
];
const compactionInstructions = [
  'distilling chat history into a structured XML <state_snapshot>',
  'component that summarizes internal chat history',
  'tasked with summarizing conversations',
];

/**
 * A whole conversation is to be summarised so that the work can go on: no side call, for its prefix is
 * warm and all that follows stands on it.
 */
export const isCompactionCall = ({ system, turns }: ChatRequest): boolean => {
  const newest = turns[turns.length - 1];
  if (newest?.role === 'user' && newest.blocks.some(ordersSummary)) return true;
  return anyOpensWith(system, compactionInstructions);
};

/** Claude Code says first, and at length, that no tool may be called; opencode puts the conversation before. */
const headChars = 1_500;
const tailChars = 6_000;

const ordersSummary = (block: Turn['blocks'][number]): boolean => {
  if (block.type !== 'text' || block.text.length < 40) return false;
  const { text } = block;
  const head = text.slice(0, headChars);
  if (compactionOrders.some((order) => head.includes(order))) return true;
  if (!text.startsWith('<conversation>')) return false;
  const tail = text.slice(-tailChars);
  return compactionOrders.some((order) => tail.includes(order));
};
