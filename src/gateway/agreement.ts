import { textOf } from '../core/chat.ts';
import type { Reply } from '../core/reply.ts';
import { type FinalAnswer, finalAnswerOf, isSameFinal } from './final-answer.ts';

/**
 * Of some answers to one question the one that is most like the others, and how like it they are on the average,
 * 0 to 1. `asked`: how many were asked; whoever gave none agrees with nobody.
 */
export const mostAgreed = (
  replies: readonly Reply[],
  asked: number,
): { readonly at: number; readonly alike: number } => {
  const said = replies.map(readSaid);
  let best = { at: 0, alike: 0 };
  for (let at = 0; at < said.length; at++) {
    let sum = 0;
    for (let other = 0; other < said.length; other++)
      if (other !== at) sum += likeness(said[at] as Said, said[other] as Said);
    const alike = asked > 1 ? sum / (asked - 1) : 1;
    if (alike > best.alike) best = { at, alike };
  }
  return best;
};

/** An answer as it is compared. */
interface Said {
  readonly text: string;
  /** Names and arguments of all calls, in no order; undefined where there are none. */
  readonly calls: string | undefined;
  /** As JSON, whatever the order of its members. */
  readonly json: string | undefined;
  /** Its code without white space. */
  readonly code: string | undefined;
  /** A number or the letter of an option. */
  readonly final: FinalAnswer | undefined;
}

const readSaid = ({ blocks }: Reply): Said => {
  const text = textOf(blocks).trim();
  const calls = blocks.flatMap((block) =>
    block.type === 'tool-call'
      ? [`${block.name} ${canonicalText(block.argumentsText || '{}') ?? block.argumentsText}`]
      : [],
  );
  return {
    text,
    calls: calls.length > 0 ? calls.sort().join('\n') : undefined,
    json: /^[[{]/.test(text) ? canonicalText(text) : undefined,
    code: codeOf(text),
    final: finalAnswerOf(text),
  };
};

const likeness = (a: Said, b: Said): number => {
  // who calls a tool does something else than who answers
  if (a.calls !== undefined || b.calls !== undefined) return Number(a.calls === b.calls);
  if (a.text === b.text) return 1;
  if (a.json !== undefined && b.json !== undefined) return Number(a.json === b.json);
  // a sign more or less, and it is another program
  if (a.code !== undefined || b.code !== undefined) return Number(a.code === b.code);
  if (a.final && b.final) return Number(isSameFinal(a.final, b.final));
  return overlap(tokensOf(a.text), tokensOf(b.text));
};

const canonicalText = (text: string): string | undefined => {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return undefined;
  }
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** What stands in fences; undefined without any. */
const codeOf = (text: string): string | undefined => {
  const parts = text.split('```');
  if (parts.length < 3) return undefined;
  const code = parts.filter((_, index) => index % 2 === 1).map((part) => part.slice(part.indexOf('\n') + 1));
  return code.map((part) => canonicalText(part) ?? part.replace(/\s+/g, '')).join('\n');
};

const mostTokens = 4000;

/** Words in lower case; of scripts without spaces each pair of signs. */
const tokensOf = (text: string): ReadonlySet<string> => {
  const tokens = new Set<string>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    if (!/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u.test(word))
      tokens.add(word);
    else
      for (let at = 0; at < Math.min(Math.max(word.length - 1, 1), mostTokens); at++)
        tokens.add(word.slice(at, at + 2));
    if (tokens.size >= mostTokens) break;
  }
  return tokens;
};

/** Shared tokens among all there are. */
const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0;
  for (const token of a) if (b.has(token)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
};
