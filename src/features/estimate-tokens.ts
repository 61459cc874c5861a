import { createCodeUnits } from './code-units.ts';

/**
 * How many tokens a text comes to, without a tokenizer: characters weighted by their class. Made for
 * choosing, not for charging. Of a long text some stretches are read, so the cost is bounded.
 */
export const estimateTokens = (text: string): number => {
  const { length } = text;
  if (length === 0) return 0;
  if (length < shortest) return inTokens(weighShort(text));
  if (length <= readWhole) return inTokens(weigh(text, 0, length));
  return sampled(text, stretches);
};

/** The same from a few stretches: for one of so many texts that what is missed here and there evens out. */
export const estimateRoughly = (text: string): number =>
  text.length <= fewStretches * stretch ? estimateTokens(text) : sampled(text, fewStretches);

const sampled = (text: string, count: number): number => {
  let weight = 0;
  const room = text.length - stretch;
  for (let index = 0; index < count; index++) {
    const from = Math.floor((room * index) / (count - 1));
    weight += weigh(text, from, from + stretch);
  }
  return inTokens((weight * text.length) / (count * stretch));
};

const shortest = 48;
const readWhole = 8_192;
/** Whole lines rather than single characters: one character in so many would meet the columns of a table unevenly. */
const stretch = 256;
const stretches = 32;
const fewStretches = 4;

const inTokens = (hundredths: number): number => Math.max(1, Math.round(hundredths / 100));

const { units, read } = createCodeUnits(readWhole);

const weigh = (text: string, from: number, to: number): number => {
  const length = read(text, from, to);
  let weight = 0;
  for (let at = 0; at < length; at++) weight += weights[units[at] ?? 0] ?? 0;
  return weight;
};

const weighShort = (text: string): number => {
  let weight = 0;
  for (let at = 0; at < text.length; at++) weight += weights[text.charCodeAt(at)] ?? 0;
  return weight;
};

/** Hundredths of a token for every code unit; the later line holds where two speak of the same unit. */
const weights = new Uint8Array(0x1_0000)
  .fill(80)
  .fill(10, 0, 0x20)
  .fill(55, 0x20, 0x80) // marks
  .fill(20, 0x20, 0x21) // an English token is some five letters and spaces
  .fill(20, 0x41, 0x5b)
  .fill(20, 0x61, 0x7b)
  .fill(45, 0x30, 0x3a) // digits
  .fill(30, 0x09, 0x0b)
  .fill(50, 0x80, 0x250) // accented Latin
  .fill(40, 0x250, 0x600) // Greek, Cyrillic, Hebrew
  .fill(50, 0x600, 0x900) // Arabic
  .fill(65, 0x900, 0x1100) // Indic, Thai
  .fill(90, 0x2e80, 0xd800) // Han, kana, Hangul
  .fill(110, 0xd800, 0xe000); // halves of emoji and rare signs
