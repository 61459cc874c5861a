import type { AnswerSource, SourcedAnswer } from '../answer-source.ts';
import { createRandom } from '../chance.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { musing } from '../world/prose.ts';
import { amountOf, type Fault } from './faults.ts';
import { instanceOf } from './schema-instance.ts';
import { countTokens, tokensOf } from './tokens.ts';
import { callsFor } from './tool-calls.ts';
import type { Ask, Piece, Speech, SpokenCall } from './wire.ts';

export interface SpeakParts {
  readonly model: SimulatedModel;
  readonly source: AnswerSource;
  /** Ids for tool calls. */
  readonly newCallId: (index: number) => string;
  readonly fault: Fault | undefined;
}

/** What the model says to this. The same ask gets the same words. */
export const speak = (ask: Ask, { model, source, newCallId, fault }: SpeakParts): Speech => {
  if (fault?.name === 'blocked') return { ...silent, end: 'blocked' };
  if (fault?.name === 'refusal')
    return { ...silent, pieces: piecesOf('refusal', 'I can’t help with that request.'), end: 'refusal' };
  const sourced = ask.results.length > 0 ? undefined : source.answer(model, ask.userText);
  const isForced = ask.toolChoice.type === 'required' || ask.toolChoice.type === 'named';
  const isMalformed = fault?.name === 'malformed-call';
  const calls = isMalformed
    ? malformedCalls(ask, newCallId)
    : sourced && !isForced
      ? []
      : callsFor(ask, newCallId);
  const words = isMalformed ? '' : wordsFor(ask, model, sourced, calls);
  const { text, stopSequence } = stoppedAt(words, ask.stop);
  const spoken = [
    ...thinkingPieces(ask, model, sourced),
    ...piecesOf('text', text),
    ...(stopSequence === null ? calls.flatMap(callPieces) : []),
  ];
  const isFiltered = fault?.name === 'content-filter';
  const most = isFiltered || fault?.name === 'length' ? amountOf(fault, 5) : Number.POSITIVE_INFINITY;
  const { pieces, isCut } = withinLimit(spoken, Math.min(ask.maxTokens, most));
  return {
    pieces,
    calls,
    stopSequence: isCut ? null : stopSequence,
    end: isFiltered
      ? 'content-filter'
      : isCut
        ? 'length'
        : stopSequence !== null
          ? 'stop-sequence'
          : isMalformed
            ? 'malformed-call'
            : calls.length > 0
              ? 'tool-calls'
              : 'stop',
    task: sourced ? { id: sourced.id, score: sourced.score } : null,
  };
};

const silent: Speech = { pieces: [], calls: [], end: 'stop', stopSequence: null, task: null };

/** Of the first tool, broken off where its arguments begin to say something. */
const malformedCalls = (ask: Ask, newCallId: (index: number) => string): readonly SpokenCall[] =>
  ask.tools
    .slice(0, 1)
    .map(({ name, isFreeText }) => ({ id: newCallId(0), name, isFreeText, argumentsText: '{"city": "Par' }));

const wordsFor = (
  ask: Ask,
  model: SimulatedModel,
  sourced: SourcedAnswer | undefined,
  calls: readonly SpokenCall[],
): string => {
  if (calls.length > 0) return ask.toolChoice.type === 'auto' ? 'I will look that up.' : '';
  const answer = sourced?.text ?? ownWords(ask, model);
  if (ask.format.type === 'json') return JSON.stringify({ answer });
  if (ask.format.type === 'schema')
    return JSON.stringify(instanceOf(ask.format.schema, { answer, names: [] }));
  return answer;
};

/** For prompts that no source knows: short, to the point, and open about what it is. */
const ownWords = ({ results, userText, segments }: Ask, { name }: SimulatedModel): string => {
  if (results.length > 0)
    return `Here is what the tools gave: ${excerpt(results.join('; '), 300)} (A simulated answer of ${name}.)`;
  const said = userText
    ? `You said: “${excerpt(userText, 120)}”`
    : `I read ${segments.length} parts of a prompt`;
  return `This is a simulated answer of ${name}; no real model was asked and nothing was paid. ${said}. Set a provider key, for example OPENAI_API_KEY or ANTHROPIC_API_KEY, to get real answers from the same address.`;
};

const excerpt = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
};

const thinkingPieces = (
  { thinking, userText }: Ask,
  model: SimulatedModel,
  sourced: SourcedAnswer | undefined,
): readonly Piece[] => {
  if (thinking.type === 'none') return [];
  const share = 0.1 + 0.9 * (sourced?.difficulty ?? 0.2);
  const tokens = Math.max(8, Math.round(thinking.upToTokens * share));
  if (thinking.type === 'hidden')
    return Array.from({ length: Math.ceil(tokens / 16) }, (_, at) => ({
      kind: 'hidden' as const,
      text: '',
      tokens: Math.min(16, tokens - at * 16),
      call: 0,
    }));
  const thoughts = musing(createRandom('thinking', model.name, userText), tokens, countTokens);
  const signature: Piece = { kind: 'signature', text: thoughts, tokens: 0, call: 0 };
  return [...piecesOf('thinking', thoughts), signature];
};

const piecesOf = (kind: 'text' | 'refusal' | 'thinking', text: string): readonly Piece[] =>
  tokensOf(text).map((token) => ({ kind, text: token, tokens: 1, call: 0 }));

/** A call costs its name and its frame, then its arguments. */
const callPieces = ({ name, argumentsText }: SpokenCall, call: number): readonly Piece[] => [
  { kind: 'call', text: name, tokens: countTokens(name) + 8, call },
  ...tokensOf(argumentsText).map((text): Piece => ({ kind: 'arguments', text, tokens: 1, call })),
];

const stoppedAt = (
  text: string,
  stop: readonly string[],
): { readonly text: string; readonly stopSequence: string | null } => {
  let first = { at: text.length, sequence: null as string | null };
  for (const sequence of stop) {
    const at = text.indexOf(sequence);
    if (sequence !== '' && at >= 0 && at < first.at) first = { at, sequence };
  }
  return { text: text.slice(0, first.at), stopSequence: first.sequence };
};

const withinLimit = (
  pieces: readonly Piece[],
  most: number,
): { readonly pieces: readonly Piece[]; readonly isCut: boolean } => {
  let tokens = 0;
  for (const [at, piece] of pieces.entries()) {
    tokens += piece.tokens;
    if (tokens > most) return { pieces: pieces.slice(0, at), isCut: true };
  }
  return { pieces, isCut: most === 0 };
};
