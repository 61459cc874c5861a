import type { Block, ChatRequest, MediaSource, Tool } from '../core/chat.ts';
import { estimateRoughly, estimateTokens } from './estimate-tokens.ts';

/** A text and what it was estimated at before: met in the prompt, it is not read again. */
export interface Estimated {
  readonly text: string;
  readonly tokens: number;
}

/** Estimate for the whole prompt: instructions, turns, pictures, papers and tools. */
export const promptTokens = (request: ChatRequest, known: Estimated): number => {
  const reading: Reading = { known, charsLeft: readClosely };
  let tokens = blockTokens(request.system, reading);
  for (const turn of request.turns) tokens += turnOverhead + blockTokens(turn.blocks, reading);
  for (const tool of request.tools) tokens += toolTokens(tool);
  if (request.format.type === 'schema') tokens += valueTokens(request.format.schema, 0);
  return Math.round(tokens);
};

interface Reading {
  readonly known: Estimated;
  /** How much more is read closely. */
  charsLeft: number;
}

/** What comes after in a long conversation is read here and there: its beginning is read the same way every turn. */
const readClosely = 200_000;

const textTokens = (text: string, reading: Reading): number => {
  if (text === reading.known.text) return reading.known.tokens;
  if (reading.charsLeft <= 0) return estimateRoughly(text);
  reading.charsLeft -= text.length;
  return estimateTokens(text);
};

const turnOverhead = 4;
const toolOverhead = 12;
/** A picture of a usual size; vendors count 85 to 1,600. */
const imageTokens = 1_200;
const smallImageTokens = 100;
const audioTokensPerSecond = 25;
const audioBytesPerSecond = { wav: 32_000, mp3: 16_000 };
const pageTokens = 2_500;
const pageBytes = 60_000;
/** A paper that is not in the body: its size is unknown. */
const remoteDocumentTokens = 5_000;

const blockTokens = (blocks: readonly Block[], reading: Reading): number => {
  let tokens = 0;
  for (const block of blocks) tokens += tokensOf(block, reading);
  return tokens;
};

const tokensOf = (block: Block, reading: Reading): number => {
  switch (block.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return textTokens(block.text, reading);
    case 'tool-call':
      return toolOverhead + estimateTokens(block.name) + textTokens(block.argumentsText, reading);
    case 'tool-result':
      return turnOverhead + blockTokens(block.blocks, reading);
    case 'image':
      return block.detail === 'low' ? smallImageTokens : imageTokens;
    case 'document':
      return block.source.type === 'text'
        ? textTokens(block.source.text, reading)
        : documentTokens(block.source);
    case 'audio': {
      const perSecond = block.format === 'wav' ? audioBytesPerSecond.wav : audioBytesPerSecond.mp3;
      return Math.ceil((base64Bytes(block.data) / perSecond) * audioTokensPerSecond);
    }
    case 'vendor':
      return valueTokens(block.raw, 0);
  }
};

const documentTokens = (source: MediaSource): number =>
  source.type === 'base64'
    ? pageTokens * Math.max(1, Math.ceil(base64Bytes(source.data) / pageBytes))
    : remoteDocumentTokens;

const base64Bytes = (data: string): number => (data.length * 3) / 4;

const toolTokens = (tool: Tool): number => {
  if (tool.type === 'hosted') return toolOverhead + valueTokens(tool.raw, 0);
  const described = toolOverhead + estimateTokens(tool.name) + estimateTokens(tool.description ?? '');
  return described + (tool.type === 'function' ? valueTokens(tool.schema, 0) : valueTokens(tool.grammar, 0));
};

/** A picture, or something sealed, among what only its vendor knows: no model reads it letter by letter. */
const isBlob = (text: string): boolean =>
  text.length > blobChars && (text.startsWith('data:') || /^[\w+/=-]*$/.test(text.slice(0, 256)));

const blobChars = 4_096;
const deepest = 64;
/** Quotes, colons and commas around a member. */
const memberTokens = 1.5;

/** Tokens of JSON without writing it out. */
const valueTokens = (value: unknown, depth: number): number => {
  if (typeof value === 'string') return isBlob(value) ? imageTokens : 0.5 + estimateTokens(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (depth > deepest) return 0;
  let tokens = 1;
  if (Array.isArray(value)) for (const item of value) tokens += valueTokens(item, depth + 1);
  else {
    for (const key of Object.keys(value)) {
      tokens +=
        memberTokens + key.length * 0.2 + valueTokens((value as Record<string, unknown>)[key], depth + 1);
    }
  }
  return tokens;
};
