import { type Block, type ChatRequest, textOf } from '../../core/chat.ts';
import { traitWords } from './lexicon.ts';
import { readSentences } from './sentences.ts';
import { traitBit } from './words.ts';

/**
 * Calls that clients make on their own beside the user's work: probes of the connection, titles for a
 * conversation. Told by their shape: no tools, a word or two and room for a token, or short instructions
 * that ask for a title.
 */
export const isBackgroundCall = (request: ChatRequest, ask: string): boolean => {
  if (request.turns.length > 2) return false;
  const most = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (most <= probeTokens && isProbe(ask)) return true;
  if (request.tools.length > 0 || request.system.length === 0) return false;
  return (most <= titleTokens || most === Number.POSITIVE_INFINITY) && asksForTitle(request.system);
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

const asksForTitle = (system: readonly Block[]): boolean => {
  const length = system.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
  if (length > longestInstruction) return false;
  const text = textOf(system);
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
