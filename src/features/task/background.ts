import { type Block, type ChatRequest, textOf } from '../../core/chat.ts';
import { isCompactionCall } from '../compaction.ts';
import { anyOpensWith } from '../openings.ts';
import { traitWords } from './lexicon.ts';
import { readSentences } from './sentences.ts';
import { traitBit } from './words.ts';

/**
 * Calls that clients make on their own beside the user's work: probes of the connection, titles for a
 * conversation, a guess at what the user will type, messages for a commit. Told by the client's own word, by
 * how its order opens, or by shape: no tools, a word or two and room for a token, or short instructions
 * that ask for a title.
 */
export const isBackgroundCall = (request: ChatRequest, ask: string, purpose: string): boolean => {
  if (isCompactionCall(request)) return false;
  if (purpose === 'auxiliary' || isSideOrder(request)) return true;
  if (request.turns.length > 2) return false;
  const most = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (most <= probeTokens && isProbe(ask)) return true;
  if (request.tools.length > 0 || request.system.length === 0) return false;
  return (most <= titleTokens || most === Number.POSITIVE_INFINITY) && asksForName(request.system);
};

/** What Claude Code, Codex, opencode and Gemini CLI say in the user's name when it is they who ask. */
const sideOrders = [
  '[SUGGESTION MODE:',
  'Generate a short kebab-case name',
  'Generate a concise, technical issue title',
  'Write a short summary label describing',
  'The user stepped away and is coming back',
  'Summarize this coding conversation in under',
  'Generate a concise, single-line task title',
  'Generate a title for this conversation',
  'Analyze *only* the content and structure of your',
  "Summarize the user's primary intent or goal in this conversation",
];
const sideInstructions = [
  'Analyze if this message indicates a new conversation topic',
  'Extract any file paths that this command',
  'process Bash commands that an AI coding agent wants to run',
  'Task Routing AI',
  'identifying when a conversational AI is stuck',
  'come up with the best git commit message',
  'come with the best git commit message',
];

const isSideOrder = ({ system, turns }: ChatRequest): boolean => {
  const newest = turns[turns.length - 1];
  if (newest?.role === 'user' && anyOpensWith(newest.blocks, sideOrders)) return true;
  return anyOpensWith(system, sideInstructions);
};

const probeTokens = 8;
const titleTokens = 2_048;
const longestProbe = 12;
const longestInstruction = 4_000;

/** One word of letters: whatever holds a digit or a sign may be a sum with a short answer. */
const isProbe = (ask: string): boolean => {
  if (ask.length === 0 || ask.length > longestProbe) return false;
  for (let at = 0; at < ask.length; at++) {
    const code = ask.charCodeAt(at) | 0x20;
    if (code < 0x61 || code > 0x7a) return false;
  }
  return true;
};

/** Of a conversation or a commit. */
const asksForName = (system: readonly Block[]): boolean => {
  const length = system.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
  if (length > longestInstruction) return false;
  const text = textOf(system);
  if (/\b(?:generate|write|create|produce) (?:a|the) (?:\w+ ){0,3}commit message/i.test(text)) return true;
  if (!headings.some((heading) => text.includes(heading))) return false;
  return readSentences(text).sentences.some(({ traits }) =>
    titling.some((wanted) => (traits & wanted) === wanted),
  );
};

/** Of the words that call for a title, without the first letter, which may be a capital. Few instructions have one. */
const headings = traitWords.heading.split(' ').map((word) => word.slice(1));

/** "Generate a title for this conversation", "You are a title generator". */
const titling: readonly number[] = [
  traitBit('heading') | traitBit('making') | traitBit('talk'),
  traitBit('heading') | traitBit('generator'),
];
